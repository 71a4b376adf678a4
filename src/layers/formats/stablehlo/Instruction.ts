/**
 * Reads the instructions that the lowering to StableHLO writes, a line each. It knows their form and no other: a text that it
 * does not know is a mistake here.
 *
 * @since 0.1.0
 */
import { attributesOf } from "./attributes.ts"
import { type Attribute, typesIn } from "./Vhlo.ts"

/** @category models @since 0.1.0 */
export interface Instruction {
  /** Without its dialect: `add`. */
  readonly op: string
  /** Names of values. */
  readonly operands: ReadonlyArray<string>
  readonly results: ReadonlyArray<{ readonly name: string; readonly type: string }>
  /** In the order of their names, as VHLO has them. */
  readonly attributes: ReadonlyArray<Attribute>
  readonly regions: ReadonlyArray<Region>
}

/** One block, which uses nothing from outside. @category models @since 0.1.0 */
export interface Region {
  readonly parameters: ReadonlyArray<{ readonly name: string; readonly type: string }>
  readonly body: ReadonlyArray<Instruction>
}

const unknown = (text: string) => new Error(`StableHLO: an instruction of a form that is not known: ${text.trim().slice(0, 200)}`)

/** @category constructors @since 0.1.0 */
export const returning = (operands: ReadonlyArray<string>): Instruction => ({ op: "return", operands, results: [], attributes: [], regions: [] })

/** `^bb0(%a: tensor<f32>, %b: tensor<f32>): %r = … stablehlo.return %r : tensor<f32>` */
const readRegion = (text: string): Region => {
  const match = /^\^bb0\(([^)]*)\): (.*) stablehlo\.return (%\w+) : \S+$/.exec(text)
  if (match === null) throw unknown(text)
  const parameters = match[1]!.split(", ").map((one) => {
    const [name, type] = one.split(": ")
    return { name: name!, type: type! }
  })
  return { parameters, body: [readInstruction(match[2]!), returning([match[3]!])] }
}

/** `({ ^bb0… }, { ^bb0… })` between the attributes and the types. */
const regionPattern = / \(\{ (\^bb0.*) \}\)(?= : )/

/** What `stablehlo.reduce … applies` stands for. */
const joining = (op: string, type: string): Region => {
  const [a, b, r] = ["%a", "%b", "%r"]
  const number = `tensor<${/(\w+)>$/.exec(type)![1]!.split("x").at(-1)!}>`
  const join: Instruction = { op, operands: [a, b], results: [{ name: r, type: number }], attributes: [], regions: [] }
  return {
    parameters: [
      { name: a, type: number },
      { name: b, type: number }
    ],
    body: [join, returning([r])]
  }
}

/** Types of the results: behind the arrow, else those of the operands that have them. */
const resultTypes = (op: string, types: string): ReadonlyArray<string> => {
  const arrow = types.indexOf(" -> ")
  const all = typesIn(arrow < 0 ? types : types.slice(arrow))
  return arrow >= 0 || op === "optimization_barrier" ? all : all.slice(-1)
}

const regionsOf = (op: string, inner: string | undefined, head: string, type: string): ReadonlyArray<Region> => {
  const applied = op === "reduce" ? / applies stablehlo\.(\w+) across/.exec(head) : null
  if (applied !== null) return [joining(applied[1]!, type)]
  return inner === undefined ? [] : inner.split(" }, { ").map(readRegion)
}

/** `%7:2 = "stablehlo.sort"(%1, %2) <{…}> ({ … }) : (…) -> (…)` @category conversions @since 0.1.0 */
export const readInstruction = (text: string): Instruction => {
  const start = /^\s*(%\w+)(?::(\d+))? = "?stablehlo\.(\w+)"?/.exec(text)
  if (start === null) throw unknown(text)
  const [whole, name, count, op] = start as unknown as readonly [string, string, string | undefined, string] // groups of the pattern
  const inner = regionPattern.exec(text)?.[1]
  const rest = (inner === undefined ? text : text.replace(regionPattern, "")).slice(whole.length)
  const colon = rest.lastIndexOf(" : ")
  const [head, types] = [rest.slice(0, colon), rest.slice(colon)]
  const results = resultTypes(op, types)
  if (colon < 0 || results.length !== Number(count ?? 1)) throw unknown(text)
  const attributes = attributesOf(op, head, results[0]!)
  if (attributes === undefined) throw unknown(text)
  return {
    op,
    operands: head.match(/%\w+(?:#\d+)?/g) ?? [],
    results: results.map((type, i) => ({ name: count === undefined ? name : `${name}#${i}`, type })),
    attributes,
    regions: regionsOf(op, inner, head, results[0]!)
  }
}

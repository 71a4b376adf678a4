/**
 * Reads what `print` writes. Types are given in the text and checked against the type rules afterwards by `verify`.
 *
 * @since 0.1.0
 */
import * as Base64 from "effect/encoding/Base64"
import * as Result from "effect/Result"
import { type DType, sizeOf, type TensorData, type TensorType, view } from "../Tensor.ts"
import { type AttrKind, attrSpecs, impliedByType } from "./attrSpecs.ts"
import type { Graph, Node, Output, OutputRole, Parameter, ParameterRole } from "./Graph.ts"
import { GraphError } from "./GraphError.ts"
import type { OpName } from "./ops.ts"

/** Thrown inside, with the line's number; `parse` makes it a value. */
class Refusal extends Error {}

const fail = (detail: string): never => {
  throw new Refusal(detail)
}

const dtypes: { readonly [text: string]: DType } = { f32: "float32", i32: "int32", bool: "bool" }

const parseType = (text: string): TensorType => {
  const [, name, extents] = /^(f32|i32|bool)\[([\d,]*)\]$/.exec(text) ?? fail(`expected a type such as f32[2,3], got "${text}"`)
  return { dtype: dtypes[name!]!, shape: extents === "" ? [] : extents!.split(",").map(Number) }
}

const parseNumber = (text: string): number => {
  if (text === "NaN") return NaN
  const value = Number(text)
  return text === "" || Number.isNaN(value) ? fail(`expected a number, got "${text}"`) : value
}

const inBrackets = (text: string): string =>
  text.startsWith("[") && text.endsWith("]") ? text.slice(1, -1) : fail(`expected a list in brackets, got "${text}"`)

const parseNumbers = (text: string): Array<number> => {
  const inner = inBrackets(text)
  return inner === "" ? [] : inner.split(",").map(parseNumber)
}

const parsePairs = (text: string): Array<Array<number>> => {
  const inner = inBrackets(text)
  const pairs =
    inner === ""
      ? []
      : inner
          .slice(0, -1)
          .split("],")
          .map((pair) => parseNumbers(`${pair}]`))
  return pairs.every((pair) => pair.length === 2) ? pairs : fail(`expected pairs of numbers, got "${text}"`)
}

const parseData = (text: string, type: TensorType): TensorData => {
  const n = sizeOf(type.shape)
  if (!text.startsWith("base64:")) {
    const numbers = parseNumbers(text)
    return type.dtype === "float32" ? Float32Array.from(numbers) : type.dtype === "int32" ? Int32Array.from(numbers) : Uint8Array.from(numbers)
  }
  const bytes = Result.getOrElse(Base64.decode(text.slice(7)), () => fail("the constant's base64 cannot be read"))
  if (bytes.length !== n * (type.dtype === "bool" ? 1 : 4)) fail(`expected ${n} elements of data, got ${bytes.length} bytes`)
  // a fresh copy, so that the elements are aligned
  return view(type.dtype, bytes.slice().buffer, 0, n)
}

const parseAttr = (kind: AttrKind, text: string, type: TensorType): unknown => {
  switch (kind) {
    case "number":
      return parseNumber(text)
    case "boolean":
      return text === "true" ? true : text === "false" ? false : fail(`expected true or false, got "${text}"`)
    case "mark":
      return text === "true" ? true : fail(`expected true (or the attribute left out), got "${text}"`)
    case "numbers":
      return parseNumbers(text)
    case "pairs":
      return parsePairs(text)
    case "data":
      return parseData(text, type)
    case "dtype":
      return text === "float32" || text === "int32" || text === "bool" ? text : fail(`expected a dtype, got "${text}"`)
  }
}

const parseAttrs = (op: OpName, words: ReadonlyArray<string>, type: TensorType): object => {
  const spec = attrSpecs[op] as { readonly [name: string]: AttrKind } // names are checked below
  const implied: ReadonlyArray<string> = impliedByType(op)
  const attrs: { [name: string]: unknown } = {}
  for (const word of words) {
    const at = word.indexOf("=")
    const name = at < 0 ? word : word.slice(0, at)
    const kind = implied.includes(name) ? undefined : spec[name]
    if (kind === undefined || name in attrs) fail(`${op} has no attribute "${name}" to give${name in attrs ? " twice" : ""}`)
    attrs[name] = parseAttr(kind!, word.slice(at + 1), type)
  }
  for (const name of Object.keys(spec)) {
    if (name === "dtype" && implied.includes(name)) attrs[name] = type.dtype
    else if (name === "shape" && implied.includes(name)) attrs[name] = type.shape
    else if (!(name in attrs) && spec[name] !== "mark") fail(`${op} lacks its attribute "${name}"`)
  }
  return attrs
}

/** Splits at spaces outside of double quotes. */
const wordsOf = (text: string): Array<string> => text.match(/"(?:[^"\\]|\\.)*"|[^\s"]+/g) ?? []

const parseString = (word: string): string => {
  try {
    const value: unknown = JSON.parse(word)
    return typeof value === "string" ? value : fail(`expected a name in quotes, got ${word}`)
  } catch {
    return fail(`expected a name in quotes, got ${word}`)
  }
}

const stateKinds = ["variable", "slot", "cache", "random", "step"] as const

const parseRole = (words: ReadonlyArray<string>): ParameterRole => {
  if (words[0] === "batch" && words.length === 1) return { _tag: "Batch" }
  const kind = stateKinds.find((k) => k === words[0])
  if (kind === undefined || words.length > 2 || (words.length === 2 && words[1] !== "trainable"))
    return fail(`expected a role, got "${words.join(" ")}"`)
  return { _tag: "State", kind, trainable: words.length === 2 }
}

const nodeLine = /^%(\d+): (\S+) = ([A-Za-z0-9]+)(?:\(([%\d, ]*)\))?(?: (.*))?$/

interface Draft {
  readonly nodes: Array<Node>
  readonly parameters: Array<Parameter>
  readonly outputs: Array<Output>
}

const parseNode = (line: string, { nodes, parameters }: Draft): void => {
  const [, id, typeText, opText, operands, rest] = nodeLine.exec(line) ?? fail(`expected "%n: type = Op(operands) attributes", got "${line}"`)
  if (Number(id) !== nodes.length) fail(`expected node %${nodes.length}, got %${id}`)
  const op = opText! in attrSpecs ? (opText as OpName) : fail(`there is no op "${opText}"`)
  const type = parseType(typeText!)
  const inputs = operands === undefined ? [] : operands.split(", ").map((word) => parseNumber(word.slice(1)))
  const words = wordsOf(rest ?? "")
  const at = words.indexOf("@")
  const source = at < 0 ? undefined : parseString(words[at + 1] ?? "")
  const before = at < 0 ? words : words.slice(0, at)
  const quoted = op === "Parameter" ? before.findIndex((word) => word.startsWith('"')) : -1
  const attrs = parseAttrs(op, quoted < 0 ? before : before.slice(0, quoted), type)
  // that `attrs` are of `op` was checked against the table of attributes
  nodes.push({ op, inputs, attrs, type, ...(source === undefined ? {} : { source }) } as Node)
  if (op === "Parameter") {
    if (quoted < 0) fail("a parameter needs a name in quotes and a role")
    const { index } = attrs as { readonly index: number } // its attribute, by the same table
    if (!Number.isInteger(index) || index < 0 || parameters[index] !== undefined) fail(`parameter index ${index} is taken or not a whole number`)
    parameters[index] = { name: parseString(before[quoted]!), role: parseRole(before.slice(quoted + 1)), node: nodes.length - 1 }
  }
}

const outputRoles: { readonly [text: string]: OutputRole } = { state: { _tag: "State" }, loss: { _tag: "Loss" }, outfeed: { _tag: "Outfeed" } }

const parseOutput = (line: string, { nodes, outputs }: Draft): void => {
  const words = wordsOf(line)
  const role = outputRoles[words[1] ?? ""] ?? fail(`expected state, loss or outfeed, got "${words[1] ?? ""}"`)
  const node = words.length === 4 && /^%\d+$/.test(words[3]!) ? Number(words[3]!.slice(1)) : fail(`expected "output role name %n", got "${line}"`)
  if (node >= nodes.length) fail(`there is no node %${node}`)
  outputs.push({ name: parseString(words[2]!), role, node })
}

/** Fails with the number of the line that cannot be read. Blank lines and lines that begin with `#` are passed over. @category parsing @since 0.1.0 */
export const parse = (text: string): Result.Result<Graph, GraphError> => {
  const draft: Draft = { nodes: [], parameters: [], outputs: [] }
  const lines = text.split("\n")
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!.trim()
    if (line === "" || line.startsWith("#")) continue
    try {
      if (line.startsWith("output ")) parseOutput(line, draft)
      else parseNode(line, draft)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      return Result.fail(new GraphError({ detail: `line ${i + 1}: ${error.message}` }))
    }
  }
  for (let i = 0; i < draft.parameters.length; i++) {
    if (draft.parameters[i] === undefined) return Result.fail(new GraphError({ detail: `there is no parameter with index ${i}` }))
  }
  return Result.succeed(draft)
}

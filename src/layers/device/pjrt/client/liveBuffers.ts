/**
 * Which arrays of an optimised program are in a device's memory at once: followed through the program in the order in which it runs.
 * What XLA makes of it differs a little: of its rules for results
 * that lie where an operand lay only the main ones are here, and it leaves gaps.
 *
 * @since 0.1.0
 */
import type { Computation, Instruction, Leaf, Module } from "./hlo.ts"

/** An array that exists for a time within an execution. @category models @since 0.1.0 */
export interface Temporary {
  /** Operation of the optimised program that makes it: `fusion`, `dot` … */
  readonly opcode: string
  readonly type: string
  readonly bytes: number
  /** Line of the text that it was made for; 0 where it is not known. */
  readonly line: number
}

/** Of the entry, in the order of its parameters and of its results. @category models @since 0.1.0 */
export interface Buffers {
  /** Bytes of each argument. */
  readonly arguments: ReadonlyArray<number>
  /** Bytes of each result; 0 for one that lies where an argument lay. */
  readonly results: ReadonlyArray<number>
  /** The largest at the moment when most is needed, the largest first. */
  readonly temporaries: ReadonlyArray<Temporary>
  /** Bytes of all of them then. */
  readonly temporaryBytes: number
}

/** An array while it is followed. */
interface Followed extends Temporary {
  readonly from: number
  until: number
}

/** Arrays of an instruction, leaf by leaf; none for what is not a temporary: arguments, literals, other memories. */
type Held = ReadonlyArray<Followed | undefined>

interface Peak {
  readonly temporaries: ReadonlyArray<Temporary>
  readonly bytes: number
}

const nothing: Peak = { temporaries: [], bytes: 0 }

/** Results that are their first operand: by another name, in another shape, or written in place. */
const transparent = new Set(["bitcast", "while", "optimization-barrier", "domain", "async-update", "dynamic-update-slice", "add-dependency"])
/** Begin with the operands, go on with the results. */
const starting = new Set(["async-start", "all-gather-start", "collective-permute-start"])
/** Whose computations have arrays of their own: those of others, such as `fusion`, keep to registers. */
const nesting = new Set(["while", "call", "conditional"])
const mainMemory = 0

/** Operations whose elements are each of the same element of their operands: their result may lie where an operand lay that nobody needs any more. */
const elementwise = new Set([
  ...["add", "subtract", "multiply", "divide", "maximum", "minimum", "power", "negate", "abs", "sign", "not", "and", "or", "xor", "select", "clamp"],
  ...["exponential", "exponential-minus-one", "log", "log-plus-one", "logistic", "tanh", "sqrt", "rsqrt", "cbrt", "sine", "cosine", "tan", "erf"],
  ...["floor", "ceil", "round-nearest-even", "round-nearest-afz", "compare", "convert", "is-finite", "remainder", "atan2"],
  // what a fusion of them has besides
  ...["parameter", "constant", "broadcast", "bitcast", "tuple", "iota"]
])

/** What an instruction gives that is not new: by another name, or a part of it; `undefined` where all of it is. */
const sameAs = ({ element, leaves, opcode }: Instruction, operands: ReadonlyArray<Held>, source: Instruction | undefined): Held | undefined => {
  const [first = []] = operands
  const part = (offset: number) => first.slice(offset, offset + leaves.length)
  if (opcode === "parameter" || opcode === "constant") return leaves.map(() => undefined)
  if (opcode === "tuple") return operands.flat()
  if (transparent.has(opcode)) return first
  if (opcode === "get-tuple-element") return part((source?.parts ?? []).slice(0, element).reduce((sum, n) => sum + n, 0))
  if (opcode.endsWith("-done")) return part(source !== undefined && starting.has(source.opcode) ? source.parts[0]! : 0)
  return undefined
}

/** What an instruction gives whose leaves are made by `make`; beginnings hold on to their operands, and have words of their own last. */
const newly = ({ leaves, opcode, parts }: Instruction, operands: ReadonlyArray<Held>, make: (leaf: Leaf) => Followed | undefined): Held => {
  const none = (from: number) => leaves.slice(from).map(() => undefined)
  if (opcode === "copy-start") return [...leaves.slice(0, 1).map(make), ...(operands[0] ?? []).slice(0, 1), ...none(2)]
  if (!starting.has(opcode)) return leaves.map(make)
  const [given = 0, results = 0] = parts
  return [...operands.flat().slice(0, given), ...leaves.slice(given, given + results).map(make), ...none(given + results)]
}

/** Follows the arrays of a module's computations. */
class Follower {
  readonly #module: Module
  readonly #peaks = new Map<number, Peak>()

  constructor(module: Module) {
    this.#module = module
  }

  #called({ called }: Instruction): ReadonlyArray<Computation> {
    return called.flatMap((id) => this.#module.computations.get(id) ?? [])
  }

  /** Of a fusion without a line: of what was fused, the last that has one. */
  #lineOf(instruction: Instruction): number {
    if (instruction.line !== 0) return instruction.line
    const inner = this.#called(instruction).flatMap(({ instructions }) => instructions)
    return inner.findLast(({ line }) => line !== 0)?.line ?? 0
  }

  /** The worst moment of what an instruction calls. */
  #inside(instruction: Instruction): Peak {
    if (!nesting.has(instruction.opcode)) return nothing
    return instruction.called.map((id) => this.peakOf(id)).reduce((most, peak) => (peak.bytes > most.bytes ? peak : most), nothing)
  }

  /** Lets results take the place of operands that are as large and end here; gives which lies where which has been. */
  #share(instruction: Instruction, operands: ReadonlyArray<Held>, results: Held, at: number): ReadonlyArray<readonly [Followed, Followed]> {
    const fused = instruction.opcode === "fusion" ? this.#called(instruction).flatMap(({ instructions }) => instructions) : [instruction]
    if (!fused.every(({ opcode }) => elementwise.has(opcode))) return []
    const places: Array<readonly [Followed, Followed]> = []
    const ending = operands.flat().filter((buffer) => buffer !== undefined && buffer.until === at && buffer.from < at)
    for (const result of results) {
      const place = ending.findIndex((buffer) => buffer!.bytes === result?.bytes)
      if (result === undefined || result.from !== at || place < 0) continue
      const [operand] = ending.splice(place, 1)
      operand!.until = at - 1
      places.push([result, operand!])
    }
    return places
  }

  /** Of a computation's result there is nothing in it: that has memory of its own. */
  #peakIn({ instructions, root }: Computation): Peak {
    const all: Array<Followed> = []
    const held = new Map<number, Held>()
    const byId = new Map(instructions.map((instruction) => [instruction.id, instruction]))
    const operandsOf = ({ operands }: Instruction) => operands.map((id) => held.get(id) ?? [])
    instructions.forEach((instruction, at) => {
      const operands = operandsOf(instruction)
      for (const buffer of operands.flat()) if (buffer !== undefined) buffer.until = at
      const make = ({ bytes, space, type }: Leaf): Followed | undefined => {
        if (space !== mainMemory || bytes === 0) return undefined
        const buffer = { opcode: instruction.opcode, type, bytes, line: this.#lineOf(instruction), from: at, until: at }
        all.push(buffer)
        return buffer
      }
      const same = sameAs(instruction, operands, byId.get(instruction.operands[0] ?? -1))
      held.set(instruction.id, same ?? newly(instruction, operands, make))
    })
    const gone = new Set(held.get(root) ?? [])
    const places = instructions.flatMap((instruction, at) => this.#share(instruction, operandsOf(instruction), held.get(instruction.id)!, at))
    // what a result of the computation takes the place of lies where that does
    for (const [shared, operand] of places.toReversed()) if (gone.has(shared)) gone.add(operand)
    const left = all.filter((buffer) => !gone.has(buffer))
    return worst(instructions, left, (instruction) => this.#inside(instruction))
  }

  peakOf(id: number): Peak {
    const known = this.#peaks.get(id)
    if (known !== undefined) return known
    const computation = this.#module.computations.get(id)
    const peak = computation === undefined ? nothing : this.#peakIn(computation)
    this.#peaks.set(id, peak)
    return peak
  }
}

/** The moment at which the most bytes are alive, and what is alive then. */
const worst = (instructions: ReadonlyArray<Instruction>, buffers: ReadonlyArray<Followed>, inside: (instruction: Instruction) => Peak): Peak => {
  const change = new Float64Array(instructions.length + 1)
  for (const { bytes, from, until } of buffers) {
    change[from]! += bytes
    change[until + 1]! -= bytes
  }
  let [alive, most, when] = [0, 0, -1]
  instructions.forEach((instruction, at) => {
    alive += change[at]!
    const bytes = alive + inside(instruction).bytes
    if (bytes > most) [most, when] = [bytes, at]
  })
  if (when < 0) return nothing
  const here = buffers.filter(({ from, until }) => from <= when && when <= until)
  return { bytes: most, temporaries: [...here, ...inside(instructions[when]!).temporaries] }
}

/** With at most `kept` temporaries. @category analysis @since 0.1.0 */
export const buffersOf = (module: Module, kept: number): Buffers => {
  const entry = module.computations.get(module.entry)
  if (entry === undefined) return { arguments: [], results: [], temporaries: [], temporaryBytes: 0 }
  const bytesOf = (leaves: ReadonlyArray<Leaf>) => leaves.reduce((sum, { bytes }) => sum + bytes, 0)
  const parameters = entry.instructions.filter(({ opcode }) => opcode === "parameter").toSorted((a, b) => a.parameter - b.parameter)
  const root = entry.instructions.find(({ id }) => id === entry.root)
  const { bytes, temporaries } = new Follower(module).peakOf(module.entry)
  const largest = temporaries.toSorted((a, b) => b.bytes - a.bytes).slice(0, kept)
  return {
    arguments: parameters.map(({ leaves }) => bytesOf(leaves)),
    results: (root?.leaves ?? []).map((leaf, i) => (module.aliased.has(i) ? 0 : leaf.bytes)),
    temporaries: largest.map(({ bytes: size, line, opcode, type }) => ({ opcode, type, bytes: size, line })),
    temporaryBytes: bytes
  }
}

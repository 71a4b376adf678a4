/**
 * Reads an optimised program (`xla.HloModuleProtoWithConfig`): its operations in the order in which they run, their shapes as they lie
 * in memory, and the lines of the text that they were made for. Field numbers are those of XLA's hlo.proto and xla_data.proto.
 *
 * @since 0.1.0
 */
import { type Field, fieldsOf, numbersOf, textOf, within } from "./fields.ts"

/** An array of a shape; a tuple has several, those of tuples in it included. @category models @since 0.1.0 */
export interface Leaf {
  /** Such as `f32[4,128]`. */
  readonly type: string
  /** With what its layout adds: a TPU's arrays consist of whole tiles. */
  readonly bytes: number
  /** 0 is the device's main memory; others are on its chip, or the host's. */
  readonly space: number
}

/** @category models @since 0.1.0 */
export interface Instruction {
  readonly id: number
  readonly opcode: string
  readonly leaves: ReadonlyArray<Leaf>
  /** Leaves of each element where it is a tuple. */
  readonly parts: ReadonlyArray<number>
  readonly operands: ReadonlyArray<number>
  /** Computations. */
  readonly called: ReadonlyArray<number>
  /** Of a parameter. */
  readonly parameter: number
  /** Of a `get-tuple-element`. */
  readonly element: number
  /** Line of the text, counted from 1; 0 where it is not known. */
  readonly line: number
}

/** @category models @since 0.1.0 */
export interface Computation {
  /** In the order in which they run, where that is known, else in one in which they could. */
  readonly instructions: ReadonlyArray<Instruction>
  readonly root: number
}

/** @category models @since 0.1.0 */
export interface Module {
  readonly computations: ReadonlyMap<number, Computation>
  readonly entry: number
  /** Results of the entry that lie where a parameter lay. */
  readonly aliased: ReadonlySet<number>
}

/** `PrimitiveType`: name, as in printed graphs, and bits. */
const primitives: { readonly [code: number]: readonly [name: string, bits: number] } = {
  ...{ 1: ["bool", 8], 2: ["i8", 8], 3: ["i16", 16], 4: ["i32", 32], 5: ["i64", 64], 6: ["u8", 8], 7: ["u16", 16], 8: ["u32", 32], 9: ["u64", 64] },
  ...{ 10: ["f16", 16], 11: ["f32", 32], 12: ["f64", 64], 15: ["c64", 64], 16: ["bf16", 16], 18: ["c128", 128] }
}
const tuple = 13

/** Elements of an array whose innermost axes, in the order of its layout, are filled up to whole tiles. */
const paddedSize = (shape: ReadonlyArray<number>, order: ReadonlyArray<number>, tile: ReadonlyArray<number>): number => {
  // outermost first, as they lie in memory; a tile of more axes than there are has ones before them
  const axes = order.map((axis) => shape[axis]!).reverse()
  const physical = [...new Array<number>(Math.max(0, tile.length - axes.length)).fill(1), ...axes]
  const outer = physical.length - tile.length
  return physical.reduce((size, extent, i) => size * (i < outer ? extent : Math.ceil(extent / tile[i - outer]!) * tile[i - outer]!), 1)
}

interface Layout {
  readonly order: ReadonlyArray<number>
  /** The first, which alone can add elements. */
  readonly tile: ReadonlyArray<number>
  readonly space: number
  readonly bits: number
}

const layoutOf = (message: Uint8Array | undefined): Layout => {
  const layout = { order: [] as Array<number>, tile: [] as Array<number>, space: 0, bits: 0 }
  if (message === undefined) return layout
  let tiles = 0
  for (const field of fieldsOf(message)) {
    if (field.number === 1) layout.order.push(...numbersOf(field))
    else if (field.number === 6 && tiles++ === 0) for (const extents of fieldsOf(field.bytes!)) layout.tile.push(...numbersOf(extents))
    else if (field.number === 7) layout.bits = field.value
    else if (field.number === 8) layout.space = field.value
  }
  return layout
}

/** ShapeProto: element_type 2, dimensions 3, tuple_shapes 4, layout 5. */
const shapeOf = (message: Uint8Array): { readonly leaves: ReadonlyArray<Leaf>; readonly parts: ReadonlyArray<number> } => {
  let code = 0
  let layout: Uint8Array | undefined
  const [shape, elements] = [[] as Array<number>, [] as Array<ReadonlyArray<Leaf>>]
  for (const field of fieldsOf(message)) {
    if (field.number === 2) code = field.value
    else if (field.number === 3) shape.push(...numbersOf(field))
    else if (field.number === 4) elements.push(shapeOf(field.bytes!).leaves)
    else if (field.number === 5) layout = field.bytes
  }
  if (code === tuple) return { leaves: elements.flat(), parts: elements.map((leaves) => leaves.length) }
  const [name, bits] = primitives[code] ?? [`type ${code}`, 8]
  const { bits: packed, order, space, tile } = layoutOf(layout)
  const bytes = Math.ceil(
    (paddedSize(shape, order.length === shape.length ? order : shape.map((_, i) => shape.length - 1 - i), tile) * (packed || bits)) / 8
  )
  return { leaves: [{ type: `${name}[${shape.join(",")}]`, bytes, space }], parts: [1] }
}

/** OpMetadata.source_line; the file is the text itself. */
const lineOf = (metadata: Uint8Array): number => {
  for (const { number, value } of fieldsOf(metadata)) if (number === 4) return value
  return 0
}

const instructionOf = (message: Uint8Array): Instruction => {
  const made = { id: 0, opcode: "", operands: [] as Array<number>, called: [] as Array<number>, parameter: 0, element: 0, line: 0 }
  let shape: ReturnType<typeof shapeOf> = { leaves: [], parts: [] }
  const read: { readonly [number: number]: (field: Field) => void } = {
    2: (field) => (made.opcode = textOf(field)),
    3: (field) => (shape = shapeOf(field.bytes!)),
    7: (field) => (made.line = lineOf(field.bytes!)),
    9: (field) => (made.parameter = field.value),
    13: (field) => (made.element = field.value),
    35: (field) => (made.id = field.value),
    36: (field) => made.operands.push(...numbersOf(field)),
    38: (field) => made.called.push(...numbersOf(field))
  }
  for (const field of fieldsOf(message)) read[field.number]?.(field)
  return { ...made, ...shape }
}

/** HloComputationProto: instructions 2, id 5, root_id 6. */
const computationOf = (message: Uint8Array): Computation & { readonly id: number } => {
  const instructions: Array<Instruction> = []
  let [id, root] = [0, 0]
  for (const field of fieldsOf(message)) {
    if (field.number === 2) instructions.push(instructionOf(field.bytes!))
    else if (field.number === 5) id = field.value
    else if (field.number === 6) root = field.value
  }
  return { id, instructions, root }
}

/** HloScheduleProto: the instructions of a computation in their order, for those that have one. */
const scheduleOf = (message: Uint8Array): ReadonlyMap<number, ReadonlyArray<number>> => {
  const sequences = new Map<number, ReadonlyArray<number>>()
  for (const entry of within(message, 1)) {
    let key = 0
    const ids: Array<number> = []
    for (const field of fieldsOf(entry)) {
      if (field.number === 1) key = field.value
      else if (field.number === 2) for (const sequence of fieldsOf(field.bytes!)) ids.push(...numbersOf(sequence))
    }
    sequences.set(key, ids)
  }
  return sequences
}

/** HloInputOutputAliasProto: the first index into the result of each entry; the result of a step is one tuple. */
const aliasedOf = (message: Uint8Array): ReadonlySet<number> => {
  const outputs = new Set<number>()
  for (const entry of within(message, 1)) {
    let output = 0
    for (const field of fieldsOf(entry)) if (field.number === 1) output = numbersOf(field)[0] ?? 0
    outputs.add(output)
  }
  return outputs
}

const ordered = ({ instructions, root }: Computation, order: ReadonlyArray<number> | undefined): Computation => {
  if (order === undefined || order.length !== instructions.length) return { instructions, root }
  const byId = new Map(instructions.map((instruction) => [instruction.id, instruction]))
  return { instructions: order.flatMap((id) => byId.get(id) ?? []), root }
}

/** HloModuleProto: computations 3, entry_computation_id 6, schedule 7, input_output_alias 8. @category readers @since 0.1.0 */
export const decode = (program: Uint8Array): Module => {
  const computations = new Map<number, Computation>()
  let entry = 0
  let sequences: ReadonlyMap<number, ReadonlyArray<number>> = new Map()
  let aliased: ReadonlySet<number> = new Set()
  for (const module of within(program, 1)) {
    for (const field of fieldsOf(module)) {
      if (field.number === 3) {
        const { id, ...computation } = computationOf(field.bytes!)
        computations.set(id, computation)
      } else if (field.number === 6) entry = field.value
      else if (field.number === 7) sequences = scheduleOf(field.bytes!)
      else if (field.number === 8) aliased = aliasedOf(field.bytes!)
    }
  }
  return { computations: new Map([...computations].map(([id, computation]) => [id, ordered(computation, sequences.get(id))])), entry, aliased }
}

/** By opcode as XLA has it: `all-reduce`, `fusion`, `dot` … @category readers @since 0.1.0 */
export const countOpcodes = ({ computations }: Pick<Module, "computations">): { readonly [opcode: string]: number } => {
  const counts: { [opcode: string]: number } = {}
  for (const { instructions } of computations.values()) for (const { opcode } of instructions) counts[opcode] = (counts[opcode] ?? 0) + 1
  return counts
}

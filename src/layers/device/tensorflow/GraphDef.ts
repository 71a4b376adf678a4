/**
 * A TensorFlow graph in memory and its encoding as a `SavedModel` (saved_model.proto, meta_graph.proto, graph.proto,
 * function.proto, op_def.proto, attr_value.proto, tensor.proto).
 *
 * @since 0.1.0
 */
import type { Shape } from "../../../domain/Tensor.ts"
import { Writer } from "../../../domain/Protobuf.ts"

/** Element types used in lowered graphs; `DataType` of types.proto. @category constants @since 0.1.0 */
export const dataTypes = { float32: 1, float64: 2, int32: 3, string: 7, int64: 9, bool: 10, bfloat16: 14, float16: 19, resource: 20 } as const

/** @category models @since 0.1.0 */
export type DataType = keyof typeof dataTypes

/** An unknown extent is -1. @category models @since 0.1.0 */
export type PartialShape = Shape

/** @category models @since 0.1.0 */
export interface Literal {
  readonly type: DataType
  readonly shape: Shape
  /** Little-endian elements, row-major. */
  readonly data: Uint8Array
}

/** One kind of an `AttrValue`. @category models @since 0.1.0 */
export type Attribute =
  | { readonly type: DataType }
  | { readonly types: ReadonlyArray<DataType> }
  | { readonly bool: boolean }
  | { readonly int: number }
  | { readonly ints: ReadonlyArray<number> }
  | { readonly text: string }
  | { readonly shape: PartialShape }
  | { readonly shapes: ReadonlyArray<PartialShape> }
  /** A function of the library by its name. */
  | { readonly function: string }
  | { readonly literal: Literal }
  /** A literal of texts, `[n]`. */
  | { readonly texts: ReadonlyArray<string> }

/** @category models @since 0.1.0 */
export type Attributes = { readonly [name: string]: Attribute }

/** @category models @since 0.1.0 */
export interface NodeDef {
  readonly name: string
  readonly op: string
  /** Data first, then control inputs as `^name`. */
  readonly inputs: ReadonlyArray<string>
  readonly attributes: Attributes
}

/** @category models @since 0.1.0 */
export interface Argument {
  readonly name: string
  readonly type: DataType
}

/** @category models @since 0.1.0 */
export interface FunctionDef {
  readonly name: string
  readonly arguments: ReadonlyArray<Argument>
  /** `value` is an argument's name or `node:output:index`. */
  readonly results: ReadonlyArray<Argument & { readonly value: string }>
  readonly nodes: ReadonlyArray<NodeDef>
  readonly attributes: Attributes
}

/** @category models @since 0.1.0 */
export interface GraphDef {
  readonly nodes: ReadonlyArray<NodeDef>
  readonly functions: ReadonlyArray<FunctionDef>
}

/** The graph version of TensorFlow 2.9, the oldest that is used. */
const producer = 1087

/** A `TensorShapeProto`. @category conversions @since 0.1.0 */
export const shapeOf = (shape: PartialShape): Writer => {
  const w = new Writer()
  for (const size of shape) w.message(2, new Writer().int(1, size))
  return w
}

const tensor = ({ type, shape, data }: Literal): Writer =>
  new Writer(data.length + 64).int(1, dataTypes[type]).message(2, shapeOf(shape)).bytes(4, data)

const textTensor = (texts: ReadonlyArray<string>): Writer => {
  const w = new Writer().int(1, dataTypes.string).message(2, shapeOf([texts.length]))
  for (const text of texts) w.string(8, text)
  return w
}

const list = (write: (w: Writer) => void): Writer => {
  const w = new Writer()
  write(w)
  return new Writer().message(1, w)
}

const attribute = (value: Attribute): Writer => {
  if ("type" in value) return new Writer().int(6, dataTypes[value.type])
  if ("bool" in value) return new Writer().int(5, value.bool ? 1 : 0)
  if ("int" in value) return new Writer().int(3, value.int)
  if ("text" in value) return new Writer().string(2, value.text)
  if ("shape" in value) return new Writer().message(7, shapeOf(value.shape))
  if ("literal" in value) return new Writer(value.literal.data.length + 64).message(8, tensor(value.literal))
  if ("texts" in value) return new Writer().message(8, textTensor(value.texts))
  if ("function" in value) return new Writer().message(10, new Writer().string(1, value.function))
  if ("types" in value) return list((w) => value.types.forEach((type) => w.int(6, dataTypes[type])))
  if ("shapes" in value) return list((w) => value.shapes.forEach((shape) => w.message(7, shapeOf(shape))))
  return list((w) => value.ints.forEach((x) => w.int(3, x)))
}

const entry = (key: string): Writer => new Writer().string(1, key)

const node = ({ name, op, inputs, attributes }: NodeDef): Writer => {
  const w = new Writer(128).string(1, name).string(2, op)
  for (const input of inputs) w.string(3, input)
  for (const [key, value] of Object.entries(attributes)) w.message(5, entry(key).message(2, attribute(value)))
  return w
}

const argument = ({ name, type }: Argument): Writer => new Writer().string(1, name).int(3, dataTypes[type])

const functionDef = (f: FunctionDef): Writer => {
  const signature = new Writer().string(1, f.name)
  for (const x of f.arguments) signature.message(2, argument(x))
  for (const x of f.results) signature.message(3, argument(x))
  const w = new Writer(65536).message(1, signature)
  for (const n of f.nodes) w.message(3, node(n))
  for (const { name, value } of f.results) w.message(4, entry(name).string(2, value))
  for (const [key, value] of Object.entries(f.attributes)) w.message(5, entry(key).message(2, attribute(value)))
  return w
}

/** A `GraphDef`. @category conversions @since 0.1.0 */
export const graphMessage = ({ nodes, functions }: GraphDef): Writer => {
  const graph = new Writer(65536)
  for (const n of nodes) graph.message(1, node(n))
  const library = new Writer(65536)
  for (const f of functions) library.message(1, functionDef(f))
  return graph.message(2, library).message(4, new Writer().int(1, producer))
}

/** The bytes of a `SavedModel` with the one tag `serve` and neither variables nor signatures. @category conversions @since 0.1.0 */
export const encodeSavedModel = (definition: GraphDef): Uint8Array<ArrayBuffer> => {
  const graph = graphMessage(definition)
  const metaGraph = new Writer(graph.finish().length + 64).message(1, new Writer().string(4, "serve")).message(2, graph)
  return new Writer(metaGraph.finish().length + 16).int(1, 1).message(2, metaGraph).finish()
}

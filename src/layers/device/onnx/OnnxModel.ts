/**
 * An ONNX model in memory and its encoding as a `ModelProto` (onnx.proto3, IR version 9).
 *
 * @since 0.1.0
 */
import type { DType, Shape } from "../../../domain/Tensor.ts"
import { Writer } from "../../../domain/Protobuf.ts"

/** Element types used in lowered models; `TensorProto.DataType` of onnx.proto3. @category constants @since 0.1.0 */
export const elementTypes = { float32: 1, uint8: 2, int32: 6, int64: 7, bool: 9, float16: 10, float64: 11, bfloat16: 16 } as const

/** @category models @since 0.1.0 */
export type ElementType = keyof typeof elementTypes

/** A number is an INT attribute, a text STRING, a list of numbers INTS, `{ float }` a FLOAT. @category models @since 0.1.0 */
export type Attribute = number | string | ReadonlyArray<number> | { readonly float: number }

/** @category models @since 0.1.0 */
export interface OnnxNode {
  readonly op: string
  /** What the engine's profile calls it, with the name of its first output behind. */
  readonly name: string
  /** Empty for the standard operators. */
  readonly domain: string
  readonly inputs: ReadonlyArray<string>
  readonly outputs: ReadonlyArray<string>
  readonly attributes: { readonly [name: string]: Attribute }
}

/** @category models @since 0.1.0 */
export interface Initializer {
  readonly name: string
  readonly type: ElementType
  readonly shape: Shape
  /** Little-endian elements, row-major. */
  readonly data: Uint8Array
  /** Where the elements lie in a file beside the model, instead of in it. */
  readonly external?: { readonly location: string; readonly offset: number } | undefined
}

/** @category models @since 0.1.0 */
export interface Port {
  readonly name: string
  readonly type: DType
  /** An extent of -1 is the number of rows, which a caller chooses. */
  readonly shape: Shape
}

/** @category models @since 0.1.0 */
export interface OnnxModel {
  readonly nodes: ReadonlyArray<OnnxNode>
  readonly initializers: ReadonlyArray<Initializer>
  readonly inputs: ReadonlyArray<Port>
  readonly outputs: ReadonlyArray<Port>
  /** Texts by name that go with the model. */
  readonly metadata?: { readonly [name: string]: string }
}

const opset = 20

const attribute = (name: string, value: Attribute): Writer => {
  const w = new Writer().string(1, name)
  if (typeof value === "number") return w.int(3, value).int(20, 2)
  if (typeof value === "string") return w.string(4, value).int(20, 3)
  if ("float" in value) return w.float(2, value.float).int(20, 1)
  for (const x of value) w.int(8, x)
  return w.int(20, 7)
}

const node = (n: OnnxNode): Writer => {
  const w = new Writer(128)
  for (const name of n.inputs) w.string(1, name)
  for (const name of n.outputs) w.string(2, name)
  w.string(3, `${n.name}.${n.outputs[0]}`).string(4, n.op)
  for (const [name, value] of Object.entries(n.attributes)) w.message(5, attribute(name, value))
  return n.domain === "" ? w : w.string(7, n.domain)
}

const initializer = (t: Initializer): Writer => {
  const w = new Writer((t.external === undefined ? t.data.length : 0) + 64)
  for (const d of t.shape) w.int(1, d)
  w.int(2, elementTypes[t.type]).string(8, t.name)
  if (t.external === undefined) return w.bytes(9, t.data)
  const { location, offset } = t.external
  const entries = { location, offset: String(offset), length: String(t.data.length) }
  for (const [key, value] of Object.entries(entries)) w.message(13, text(key, value))
  return w.int(14, 1)
}

/** A `StringStringEntryProto`. */
const text = (key: string, value: string): Writer => new Writer().string(1, key).string(2, value)

/** What the extent of -1 is called in files. @category constants @since 0.1.0 */
export const rowsName = "batch"

const port = ({ name, type, shape }: Port): Writer => {
  const dims = new Writer()
  for (const d of shape) dims.message(1, d === -1 ? new Writer().string(2, rowsName) : new Writer().int(1, d))
  return new Writer().string(1, name).message(2, new Writer().message(1, new Writer().int(1, elementTypes[type]).message(2, dims)))
}

/** The bytes of a `ModelProto`. @category conversions @since 0.1.0 */
export const encode = (model: OnnxModel): Uint8Array<ArrayBuffer> => {
  const graph = new Writer(65536)
  for (const n of model.nodes) graph.message(1, node(n))
  graph.string(2, "step")
  for (const t of model.initializers) graph.message(5, initializer(t))
  for (const p of model.inputs) graph.message(11, port(p))
  for (const p of model.outputs) graph.message(12, port(p))
  const w = new Writer(graph.finish().length + 256).int(1, 9).string(2, "effect-estimator").message(7, graph)
  w.message(8, new Writer().string(1, "").int(2, opset))
  for (const domain of new Set(model.nodes.map((n) => n.domain))) if (domain !== "") w.message(8, new Writer().string(1, domain).int(2, 1))
  for (const [key, value] of Object.entries(model.metadata ?? {})) w.message(14, text(key, value))
  return w.finish()
}

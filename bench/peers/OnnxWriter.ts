/**
 * Just enough of the ONNX file format to write a graph by hand: protocol buffer fields of onnx.proto (IR version 9),
 * written without a library.
 *
 * @since 0.1.0
 */
import { Buffer } from "node:buffer"

/** ONNX element types in use. @category constants @since 0.1.0 */
export const elementType = { float32: 1, int32: 6, int64: 7 } as const

/** @category models @since 0.1.0 */
export type ElementType = keyof typeof elementType

/** Name of a value in the graph. @category models @since 0.1.0 */
export type Value = string

/** Attributes: an integer, integers, or (wrapped) a float, whose type a JavaScript number does not show. @category models @since 0.1.0 */
export type Attributes = { readonly [name: string]: number | ReadonlyArray<number> | { readonly float: number } }

/** @category models @since 0.1.0 */
export interface OnnxWriter {
  readonly input: (name: string, type: ElementType, shape: ReadonlyArray<number>) => Value
  readonly output: (name: string, type: ElementType, shape: ReadonlyArray<number>) => void
  /** Equal constants are stored once. */
  readonly floats: (data: ReadonlyArray<number> | Float32Array, shape: ReadonlyArray<number>) => Value
  /** int64, as shape and axis operands are. */
  readonly integers: (...values: ReadonlyArray<number>) => Value
  /** Adds a node with the output names given. */
  readonly node: (op: string, inputs: ReadonlyArray<Value>, outputs: ReadonlyArray<Value>, attributes?: Attributes) => void
  /** Adds a node with one output, named afresh unless `name` is given. */
  readonly op: (op: string, inputs: ReadonlyArray<Value>, attributes?: Attributes, name?: string) => Value
  /** A name that no other value has. */
  readonly fresh: () => Value
  readonly bytes: () => Uint8Array
  readonly nodeCount: () => number
}

const varint = (value: number): Buffer => {
  const bytes: Array<number> = []
  let rest = BigInt.asUintN(64, BigInt(value))
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128)
    rest >>= 7n
  }
  bytes.push(Number(rest))
  return Buffer.from(bytes)
}

const integer = (field: number, value: number) => Buffer.concat([varint(field << 3), varint(value)])
const block = (field: number, content: Uint8Array) => Buffer.concat([varint((field << 3) | 2), varint(content.length), content])
const text = (field: number, content: string) => block(field, Buffer.from(content))
const float = (field: number, value: number) => {
  const bytes = Buffer.alloc(4)
  bytes.writeFloatLE(value)
  return Buffer.concat([varint((field << 3) | 5), bytes])
}
const bytesOf = (data: Float32Array | BigInt64Array) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)

const tensor = (name: string, type: ElementType, shape: ReadonlyArray<number>, data: Uint8Array) =>
  Buffer.concat([...shape.map((d) => integer(1, d)), integer(2, elementType[type]), text(8, name), block(9, data)])

const typed = (name: string, type: ElementType, shape: ReadonlyArray<number>) => {
  const extents = Buffer.concat(shape.map((d) => block(1, integer(1, d))))
  const tensorType = Buffer.concat([integer(1, elementType[type]), block(2, extents)])
  return Buffer.concat([text(1, name), block(2, block(1, tensorType))])
}

const attribute = (name: string, value: Attributes[string]) => {
  if (typeof value === "number") return Buffer.concat([text(1, name), integer(3, value), integer(20, 2)])
  if ("float" in value) return Buffer.concat([text(1, name), float(2, value.float), integer(20, 1)])
  return Buffer.concat([text(1, name), ...value.map((v) => integer(8, v)), integer(20, 7)])
}

/** Operators that are onnxruntime's own and not the standard's. */
const contributed = new Set(["FusedMatMul"])
const contributedDomain = "com.microsoft"

/** @category constructors @since 0.1.0 */
export const make = (): OnnxWriter => {
  const nodes: Array<Buffer> = []
  const constants: Array<Buffer> = []
  const inputs: Array<Buffer> = []
  const outputs: Array<Buffer> = []
  const known = new Map<string, Value>()
  let values = 0
  const fresh = () => `v${++values}`
  const constant = (type: ElementType, shape: ReadonlyArray<number>, data: Uint8Array) => {
    const key = `${type} ${shape} ${Buffer.from(data).toString("latin1")}`
    const before = known.get(key)
    if (before !== undefined) return before
    const name = fresh()
    known.set(key, name)
    constants.push(tensor(name, type, shape, data))
    return name
  }
  const node: OnnxWriter["node"] = (op, operands, results, attributes = {}) => {
    const parts = [...operands.map((n) => text(1, n)), ...results.map((n) => text(2, n)), text(4, op)]
    for (const [name, value] of Object.entries(attributes)) parts.push(block(5, attribute(name, value)))
    if (contributed.has(op)) parts.push(text(7, contributedDomain))
    nodes.push(Buffer.concat(parts))
  }
  const graph = () =>
    Buffer.concat([
      ...nodes.map((b) => block(1, b)),
      text(2, "step"),
      ...constants.map((b) => block(5, b)),
      ...inputs.map((b) => block(11, b)),
      ...outputs.map((b) => block(12, b))
    ])
  return {
    fresh,
    node,
    input: (name, type, shape) => {
      inputs.push(typed(name, type, shape))
      return name
    },
    output: (name, type, shape) => void outputs.push(typed(name, type, shape)),
    floats: (data, shape) => constant("float32", shape, bytesOf(Float32Array.from(data))),
    integers: (...list) => constant("int64", [list.length], bytesOf(BigInt64Array.from(list, BigInt))),
    op: (op, operands, attributes, name = fresh()) => {
      node(op, operands, [name], attributes)
      return name
    },
    bytes: () =>
      Buffer.concat([
        integer(1, 9),
        text(2, "effect-estimator bench"),
        block(7, graph()),
        block(8, integer(2, 18)),
        block(8, Buffer.concat([text(1, contributedDomain), integer(2, 1)]))
      ]),
    nodeCount: () => nodes.length
  }
}

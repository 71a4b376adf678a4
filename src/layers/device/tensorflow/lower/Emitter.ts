/**
 * What lowering rules write to: nodes of one TensorFlow function. TensorFlow broadcasts the operands of elementwise ops by itself.
 *
 * @since 0.1.0
 */
import type { Graph, Node } from "../../../../domain/graph/Graph.ts"
import { type DType, sameShape, type Shape, type TensorData, type TensorType } from "../../../../domain/Tensor.ts"
import { type Value, Values } from "../../hosted/lower/Values.ts"
import type { Attribute, Attributes, DataType, NodeDef } from "../GraphDef.ts"
import { resultNames } from "./resultNames.ts"

/** A gather whose indices XLA does not check. @category models @since 0.1.0 */
export interface Check {
  readonly node: Node
  /** A bool scalar: all indices are in range. */
  readonly holds: string
}

/** What a check that does not hold means. @category rules @since 0.1.0 */
export const failureOf = ({ node }: Check): string => `${node.op}: an index is out of range${node.source === undefined ? "" : ` (at ${node.source})`}`

const bytesOf = (data: TensorData | BigInt64Array | Float64Array): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)

/** @category models @since 0.1.0 */
export class Emitter extends Values {
  /** Whether XLA compiles the function: it needs other ops in places, and does not check indices. */
  readonly xla: boolean
  readonly nodes: Array<NodeDef> = []
  readonly checks: Array<Check> = []
  readonly #known = new Map<string, string>()
  #count = 0

  constructor(graph: Graph, xla: boolean) {
    super(graph)
    this.xla = xla
  }

  protected override repeat(value: Value, { dtype, shape }: TensorType): string {
    return this.expand(value, dtype, shape)
  }

  /** `value` with every element of `shape`. */
  expand(value: Value, type: DataType, shape: Shape): string {
    if (sameShape(value.shape, shape)) return value.name
    return this.emit("BroadcastTo", [value.name, this.ints(shape)], { T: { type }, Tidx: { type: "int32" } })
  }

  /** Adds a node and gives its name; the same node again gives the same name. */
  node(op: string, inputs: ReadonlyArray<string>, attributes: Attributes, control: ReadonlyArray<string> = []): string {
    const all = [...inputs, ...control.map((name) => `^${name}`)]
    const key = op === "Const" ? undefined : `${op}(${all.join()})${JSON.stringify(attributes)}`
    const known = key === undefined ? undefined : this.#known.get(key)
    if (known !== undefined) return known
    const name = `v${this.#count++}`
    this.nodes.push({ name, op, inputs: all, attributes })
    if (key !== undefined) this.#known.set(key, name)
    return name
  }

  /** The same, and gives the node's first result as an operand. */
  emit(op: string, inputs: ReadonlyArray<string>, attributes: Attributes, control: ReadonlyArray<string> = []): string {
    return this.result(op, this.node(op, inputs, attributes, control))
  }

  /** Result `index` of the node, which has as many of `op`'s first output, or one of each. */
  result(op: string, node: string, index = 0): string {
    const names = resultNames(op)
    return names.length > 1 ? `${node}:${names[index]!}:0` : `${node}:${names[0]!}:${index}`
  }

  #literal(type: DataType, shape: Shape, data: Uint8Array, key: string | undefined): string {
    const known = key === undefined ? undefined : this.#known.get(key)
    if (known !== undefined) return known
    const value: Attribute = { literal: { type, shape, data } }
    const name = this.emit("Const", [], { dtype: { type }, value })
    if (key !== undefined) this.#known.set(key, name)
    return name
  }

  /** A 1-D int32 literal, or a scalar when a number is given. */
  ints(values: ReadonlyArray<number> | number): string {
    const [list, shape] = typeof values === "number" ? [[values], []] : [values, [values.length]]
    return this.#literal("int32", shape, bytesOf(Int32Array.from(list)), `int32[${shape}]${list.join()}`)
  }

  /** A scalar literal. */
  scalar(type: DType | "float64" | "int64", value: number): string {
    const data =
      type === "float32"
        ? Float32Array.of(value)
        : type === "float64"
          ? Float64Array.of(value)
          : type === "int64"
            ? BigInt64Array.of(BigInt(value))
            : type === "int32"
              ? Int32Array.of(value)
              : Uint8Array.of(value)
    return this.#literal(type, [], bytesOf(data), `${type}[]${Object.is(value, -0) ? "-0" : value}`)
  }

  literal(dtype: DType, shape: Shape, data: TensorData): string {
    // TensorFlow takes no content for no elements, and repeats the last of too few: the bytes must be all there
    return this.#literal(dtype, shape, bytesOf(data), undefined)
  }

  reshape(name: string, type: DataType, shape: Shape): string {
    return this.emit("Reshape", [name, this.ints(shape)], { T: { type }, Tshape: { type: "int32" } })
  }

  transpose(name: string, type: DataType, perm: ReadonlyArray<number>): string {
    return this.emit("Transpose", [name, this.ints(perm)], { T: { type }, Tperm: { type: "int32" } })
  }

  cast(name: string, from: DataType, to: DataType): string {
    return from === to ? name : this.emit("Cast", [name], { SrcT: { type: from }, DstT: { type: to } })
  }

  /** An op of one type attribute `T`. */
  of(op: string, type: DataType, ...inputs: ReadonlyArray<string>): string {
    return this.emit(op, inputs, { T: { type } })
  }
}

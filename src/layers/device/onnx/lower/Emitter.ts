/**
 * What lowering rules write to: ONNX nodes and initializers, and the values of the graph's nodes lowered so far.
 *
 * A value may be smaller than its node's type: then numpy's broadcast of it gives the node's value, and elementwise
 * consumers take it as it is, for ONNX broadcasts by itself. `full` is for consumers that need every element.
 *
 * @since 0.1.0
 */
import type { Graph, Node, NodeId } from "../../../../domain/graph/Graph.ts"
import { type DType, sameShape, type Shape, sizeOf, type TensorData } from "../../../../domain/Tensor.ts"
import type { Attribute, ElementType, Initializer, OnnxNode, Port } from "../OnnxModel.ts"

/** @category models @since 0.1.0 */
export interface Value {
  readonly name: string
  /** The ONNX value's own shape; broadcasts to the type of the node it stands for. */
  readonly shape: Shape
}

interface EmitOptions {
  readonly attributes?: { readonly [name: string]: Attribute }
  readonly domain?: string
  readonly outputs?: number
}

const keyOf = (op: string, inputs: ReadonlyArray<string>, attributes: { readonly [name: string]: Attribute }) =>
  `${op}(${inputs.join()})${JSON.stringify(attributes)}`

/** int64 elements, little-endian, without BigInt. */
const int64Bytes = (values: ReadonlyArray<number>): Uint8Array => {
  const words = new Int32Array(values.length * 2)
  values.forEach((x, i) => {
    words[2 * i] = x | 0
    words[2 * i + 1] = Math.floor(x / 4294967296)
  })
  return new Uint8Array(words.buffer)
}

/** @category models @since 0.1.0 */
export class Emitter {
  readonly graph: Graph
  /** How many operands and outputs each node is. */
  readonly uses: Int32Array
  readonly nodes: Array<OnnxNode> = []
  readonly initializers: Array<Initializer> = []
  readonly inputs: Array<Port> = []
  readonly #values = new Map<NodeId, Value>()
  readonly #full = new Map<NodeId, string>()
  readonly #known = new Map<string, ReadonlyArray<string>>()
  #count = 0
  /** Name of the nodes that are emitted from now on: of the graph's node that they are for. */
  label = ""
  /** Channels that the engine's fastest convolutions take together; 0 where there are no such kernels. */
  readonly channelBlock: number
  /** Whether only ONNX's own operators may be used, for files that any runtime reads. */
  readonly portable: boolean

  constructor(graph: Graph, channelBlock = 0, portable = false) {
    this.graph = graph
    this.channelBlock = channelBlock
    this.portable = portable
    this.uses = new Int32Array(graph.nodes.length)
    for (const node of graph.nodes) for (const x of node.inputs) this.uses[x]!++
    for (const output of graph.outputs) this.uses[output.node]!++
  }

  at(id: NodeId): Node {
    return this.graph.nodes[id]!
  }

  set(id: NodeId, value: Value): void {
    this.#values.set(id, value)
  }

  has(id: NodeId): boolean {
    return this.#values.has(id)
  }

  value(id: NodeId): Value {
    return this.#values.get(id)!
  }

  /** The name of a value with every element of the node's type. */
  full(id: NodeId): string {
    const known = this.#full.get(id)
    if (known !== undefined) return known
    const name = this.expand(this.value(id), this.at(id).type.shape)
    this.#full.set(id, name)
    return name
  }

  /** `value` with every element of `shape`. */
  expand(value: Value, shape: Shape): string {
    return sameShape(value.shape, shape) ? value.name : this.emit("Expand", [value.name, this.int64(shape)])
  }

  #fresh(): string {
    return `v${this.#count++}`
  }

  /** Adds a node and gives the names of its results; the same node again gives the same names. */
  emitAll(op: string, inputs: ReadonlyArray<string>, { attributes = {}, domain = "", outputs = 1 }: EmitOptions = {}): ReadonlyArray<string> {
    const key = keyOf(op, inputs, attributes)
    const known = this.#known.get(key)
    if (known !== undefined && known.length >= outputs) return known
    const names = Array.from({ length: outputs }, () => this.#fresh())
    this.nodes.push({ op, name: this.label, domain, inputs, outputs: names, attributes })
    this.#known.set(key, names)
    return names
  }

  /** The same for nodes of one result. */
  emit(op: string, inputs: ReadonlyArray<string>, attributes: { readonly [name: string]: Attribute } = {}, domain = ""): string {
    return this.emitAll(op, inputs, { attributes, domain })[0]!
  }

  /** Takes back the node that makes `name`, so that its consumer can do its work too; no other node may read it. */
  retract(name: string): OnnxNode {
    const at = this.nodes.findLastIndex((node) => node.outputs[0] === name)
    const [node] = this.nodes.splice(at, 1) as [OnnxNode] // every emitted name has its node
    this.#known.delete(keyOf(node.op, node.inputs, node.attributes))
    return node
  }

  /** A node of its own, never shared with an equal one: for graph outputs, which each need a name. */
  emitUnshared(op: string, inputs: ReadonlyArray<string>): string {
    const name = this.#fresh()
    this.nodes.push({ op, name: this.label, domain: "", inputs, outputs: [name], attributes: {} })
    return name
  }

  input(type: DType, shape: Shape): string {
    const name = this.#fresh()
    this.inputs.push({ name, type, shape })
    return name
  }

  #initializer(type: ElementType, shape: Shape, data: Uint8Array, key: string | undefined): string {
    const known = key === undefined ? undefined : this.#known.get(key)
    if (known !== undefined) return known[0]!
    const name = this.#fresh()
    this.initializers.push({ name, type, shape, data })
    if (key !== undefined) this.#known.set(key, [name])
    return name
  }

  /** A 1-D int64 literal, or a scalar when a number is given. */
  int64(values: ReadonlyArray<number> | number): string {
    const [list, shape] = typeof values === "number" ? [[values], []] : [values, [values.length]]
    return this.#initializer("int64", shape, int64Bytes(list), `int64[${shape}]${list.join()}`)
  }

  /** A scalar literal. */
  scalar(dtype: DType, value: number): string {
    const data = dtype === "float32" ? Float32Array.of(value) : dtype === "int32" ? Int32Array.of(value) : Uint8Array.of(value)
    return this.#initializer(dtype, [], new Uint8Array(data.buffer), `${dtype}[]${Object.is(value, -0) ? "-0" : value}`)
  }

  literal(dtype: DType, shape: Shape, data: TensorData): string {
    return this.#initializer(dtype, shape, new Uint8Array(data.buffer, data.byteOffset, data.byteLength), undefined)
  }

  /** A row of ones, `[1, n]`. */
  ones(n: number): string {
    return this.#initializer("float32", [1, n], new Uint8Array(new Float32Array(n).fill(1).buffer), `ones[${n}]`)
  }

  reshape(name: string, shape: Shape): string {
    return this.emit("Reshape", [name, this.int64(shape)], shape.includes(0) ? { allowzero: 1 } : {})
  }

  transpose(name: string, perm: ReadonlyArray<number>): string {
    return this.emit("Transpose", [name], { perm })
  }
}

/** A value of one element stands for any shape of one value. @category rules @since 0.1.0 */
export const isSingle = (value: Value): boolean => sizeOf(value.shape) === 1

/** The value of a node of which `name` has every element. @category constructors @since 0.1.0 */
export const whole = (name: string, node: Node): Value => ({ name, shape: node.type.shape })

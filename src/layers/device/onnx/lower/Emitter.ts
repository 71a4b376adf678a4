/**
 * What lowering rules write to: ONNX nodes and initializers. ONNX broadcasts the operands of elementwise ops by itself.
 *
 * @since 0.1.0
 */
import type { Graph } from "../../../../domain/graph/Graph.ts"
import { type DType, sameShape, type Shape, type TensorData, type TensorType } from "../../../../domain/Tensor.ts"
import { type Value, Values } from "../../hosted/lower/Values.ts"
import type { ElementType, Initializer, OnnxNode, Port } from "../OnnxModel.ts"

type Attributes = OnnxNode["attributes"]

interface EmitOptions {
  readonly attributes?: Attributes
  readonly domain?: string
  readonly outputs?: number
}

const keyOf = ({ attributes, domain, inputs, op }: Pick<OnnxNode, "op" | "domain" | "inputs" | "attributes">) =>
  `${domain}:${op}(${inputs.join()})${JSON.stringify(attributes)}`

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
export class Emitter extends Values {
  /** How many operands and outputs each node is. */
  readonly uses: Int32Array
  readonly nodes: Array<OnnxNode> = []
  readonly initializers: Array<Initializer> = []
  readonly inputs: Array<Port> = []
  readonly #known = new Map<string, ReadonlyArray<string>>()
  readonly #makers = new Map<string, OnnxNode>()
  #count = 0
  /** Name of the nodes that are emitted from now on: of the graph's node that they are for. */
  label = ""
  /** Whether only ONNX's own operators may be used, for files that any runtime reads. */
  readonly portable: boolean
  readonly #channelBlock: () => number

  constructor(graph: Graph, channelBlock: () => number = () => 0, portable = false) {
    super(graph)
    this.#channelBlock = channelBlock
    this.portable = portable
    this.uses = new Int32Array(graph.nodes.length)
    for (const node of graph.nodes) for (const x of node.inputs) this.uses[x]!++
    for (const output of graph.outputs) this.uses[output.node]!++
  }

  /** Channels that the engine's fastest convolutions take together; 0 where there are no such kernels. Only convolutions may ask. */
  get channelBlock(): number {
    return this.#channelBlock()
  }

  protected override repeat(value: Value, { shape }: TensorType): string {
    return this.expand(value, shape)
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
    const key = keyOf({ op, domain, inputs, attributes })
    const known = this.#known.get(key)
    if (known !== undefined && known.length >= outputs) return known
    const names = this.#add(op, inputs, attributes, domain, outputs)
    this.#known.set(key, names)
    return names
  }

  /** The same for nodes of one result. */
  emit(op: string, inputs: ReadonlyArray<string>, attributes: Attributes = {}, domain = ""): string {
    return this.emitAll(op, inputs, { attributes, domain })[0]!
  }

  /** A node of its own, never shared with an equal one: for graph outputs, which each need a name. */
  emitUnshared(op: string, inputs: ReadonlyArray<string>): string {
    return this.#add(op, inputs, {}, "", 1)[0]!
  }

  #add(op: string, inputs: ReadonlyArray<string>, attributes: Attributes, domain: string, count: number): ReadonlyArray<string> {
    const outputs = Array.from({ length: count }, () => this.#fresh())
    const node = { op, name: this.label, domain, inputs, outputs, attributes }
    this.nodes.push(node)
    for (const name of outputs) this.#makers.set(name, node)
    return outputs
  }

  /** The node that makes `name`; none makes inputs and literals. */
  makerOf(name: string): OnnxNode | undefined {
    return this.#makers.get(name)
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

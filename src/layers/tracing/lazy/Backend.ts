/**
 * The TensorFlow.js backend behind eager runs: kernels add pending nodes, reads evaluate what they need.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import * as Result from "effect/Result"
import { ExecuteError, TraceError } from "../../../domain/Errors.ts"
import type { TensorData } from "../../../domain/Tensor.ts"
import type { Evaluator } from "../../../services/Evaluator.ts"
import { Emit } from "../Emit.ts"
import { GraphBackend, type KernelResult, type RegisteredKernel } from "../GraphBackend.ts"
import { toData } from "../Recording.ts"
import { kernelFailure } from "../RecordingBackend.ts"
import { callerSource } from "../source.ts"
import type { CpuKernels, Operand } from "./CpuKernels.ts"
import { cut } from "./cut.ts"
import { KernelCall } from "./KernelCall.ts"
import { LazyNode, PendingNodes } from "./LazyNode.ts"

/** What a `dataId` stands for. */
type Content =
  | { readonly _tag: "Node"; readonly node: LazyNode }
  | { readonly _tag: "Complex"; readonly real: LazyNode; readonly imag: LazyNode }
  | { readonly _tag: "Strings"; readonly values: Array<Uint8Array> }

interface Data {
  readonly content: Content
  readonly shape: ReadonlyArray<number>
  readonly dtype: tf.DataType
  references: number
}

const isGraphType = (dtype: string): dtype is "float32" | "int32" | "bool" => dtype === "float32" || dtype === "int32" || dtype === "bool"

/** Kernels that give their operand under another shape: the data stays one, as tfjs counts it. */
const aliases: ReadonlySet<string> = new Set(["Identity", "Reshape", "ExpandDims"])

/** By name, or (those of Concat, Pack and the like) as a list. */
type Inputs = { readonly [name: string]: tf.TensorInfo | ReadonlyArray<tf.TensorInfo> | null | undefined } | ReadonlyArray<tf.TensorInfo>

const isTensor = (x: object): x is tf.TensorInfo => "dataId" in x

const nodesOf = (content: Content): ReadonlyArray<LazyNode> =>
  content._tag === "Node" ? [content.node] : content._tag === "Complex" ? [content.real, content.imag] : []

const isList = (inputs: Inputs): inputs is ReadonlyArray<tf.TensorInfo> => Array.isArray(inputs)

const infosOf = (inputs: Inputs): ReadonlyArray<tf.TensorInfo> =>
  Object.values(inputs).flatMap((x) => (x === undefined || x === null ? [] : isTensor(x) ? [x] : x))

/** Strings and complex numbers, as operands or as the result of a cast or a fill. */
const beyondGraphs = (inputs: Inputs, attrs: object): boolean => {
  const asked: unknown = Reflect.get(attrs, "dtype")
  return (typeof asked === "string" && !isGraphType(asked)) || infosOf(inputs).some(({ dtype }) => !isGraphType(dtype))
}

export interface Settings {
  readonly evaluator: Evaluator["Service"]
  readonly cpu: CpuKernels
  /** Pending nodes at which all that tensors stand for is evaluated. */
  readonly pendingLimit: number
  /** The same for the bytes of values that no tensor stands for any more, but pending nodes need. */
  readonly retainedLimit: number
  /** Kernels that were run by the CPU backend, and how often: counted here. */
  readonly fallbacks: Map<string, number>
}

export class Backend extends GraphBackend {
  readonly #settings: Settings
  readonly #pending = new PendingNodes()
  readonly #data: tf.DataStorage<Data> = new tf.DataStorage<Data>(this, tf.engine())
  #closed = false

  constructor(settings: Settings) {
    super()
    this.#settings = settings
  }

  /** Nodes that wait for a read. */
  get pendingNodes(): number {
    return this.#pending.count
  }

  override runKernel(kernel: RegisteredKernel, inputs: object, attrs: object): KernelResult {
    const named = inputs as Inputs // tensors by name, as tfjs hands them over
    if (!kernel.graph || beyondGraphs(named, attrs)) return this.#onCpu(kernel.name, named, attrs)
    try {
      return this.#record(kernel, inputs, attrs)
    } catch (error) {
      if (error instanceof TraceError && error.reason === "UnknownKernel") return this.#onCpu(kernel.name, named, attrs)
      throw kernelFailure(error, kernel.name, callerSource())
    }
  }

  override write(values: tf.backend_util.BackendValues, shape: Array<number>, dtype: tf.DataType): tf.DataId {
    const dataId = {}
    this.move(dataId, values, shape, dtype, 1)
    return dataId
  }

  override move(dataId: object, values: tf.backend_util.BackendValues, shape: Array<number>, dtype: tf.DataType, references: number): void {
    this.#put(dataId, contentOf(values, shape, dtype), { shape, dtype, references })
  }

  override readSync(dataId: object): tf.backend_util.BackendValues {
    const { content } = this.#data.get(dataId)
    if (content._tag === "Strings") return content.values
    if (content._tag === "Complex") {
      const [real, imag] = this.#evaluate([content.real, content.imag]) as [Float32Array, Float32Array] // parts are float32
      return tf.backend_util.mergeRealAndImagArrays(real, imag)
    }
    return this.#evaluate([content.node])[0]!.slice() // the caller may write to it
  }

  override async read(dataId: object): Promise<tf.backend_util.BackendValues> {
    return this.readSync(dataId)
  }

  override disposeData(dataId: object, force = false): boolean {
    if (!this.#data.has(dataId)) return true
    const data = this.#data.get(dataId)
    data.references--
    if (!force && data.references > 0) return false
    this.#data.delete(dataId)
    for (const node of nodesOf(data.content)) this.#pending.release(node)
    return true
  }

  override refCount(dataId: object): number {
    return this.#data.has(dataId) ? this.#data.get(dataId).references : 0
  }
  override incRef(dataId: object): void {
    this.#data.get(dataId).references++
  }
  override numDataIds(): number {
    return this.#data.numDataIds()
  }
  override memory() {
    return { unreliable: true, reasons: ["Tensors that were never read may have no memory yet, and freed memory is collected later."] }
  }
  override timerAvailable(): boolean {
    return true
  }
  /** Of recording the calls within `f`, and of evaluating all that is pending then. */
  override async time(f: () => void): Promise<tf.BackendTimingInfo> {
    this.#evaluateAll()
    const start = tf.util.now()
    f()
    this.#evaluateAll()
    return { kernelMs: tf.util.now() - start }
  }
  override floatPrecision(): 16 | 32 {
    return 32
  }
  override dispose(): void {
    this.#closed = true
    this.#pending.reset()
  }

  #put(dataId: object, content: Content, rest: { readonly shape: ReadonlyArray<number>; readonly dtype: tf.DataType; references: number }): void {
    for (const node of nodesOf(content)) this.#pending.hold(node)
    this.#data.set(dataId, { ...rest, shape: [...rest.shape], content })
  }

  #info(content: Content, shape: ReadonlyArray<number>, dtype: tf.DataType): tf.TensorInfo {
    const dataId = {}
    this.#put(dataId, content, { shape, dtype, references: 1 })
    return { dataId, shape: [...shape], dtype }
  }

  #nodeOf(x: tf.TensorInfo): LazyNode {
    const { content } = this.#data.get(x.dataId)
    if (content._tag !== "Node") throw new Error(`a tensor of dtype ${x.dtype} was taken for a number`) // `beyondGraphs` sees them
    return content.node
  }

  #record({ name, record }: RegisteredKernel, inputs: object, attrs: object): KernelResult {
    const call = new KernelCall((x) => this.#nodeOf(x))
    const result = record(new Emit(call, name, undefined), inputs, attrs)
    const ids = typeof result === "number" ? [result] : result
    const operand = aliases.has(name) ? infosOf(inputs as Inputs)[0] : undefined // as in `runKernel`
    if (operand !== undefined) {
      this.incRef(operand.dataId)
      return { dataId: operand.dataId, shape: [...call.builder.typeOf(ids[0]!).shape], dtype: operand.dtype }
    }
    const infos = call.finish(ids, this.#pending).map((node, i) => {
      const { shape, dtype } = call.builder.typeOf(ids[i]!)
      return this.#info({ _tag: "Node", node }, shape, dtype)
    })
    const { pendingLimit, retainedLimit } = this.#settings
    if (this.#pending.count > pendingLimit || this.#pending.retainedBytes > retainedLimit) this.#evaluateAll()
    return typeof result === "number" ? infos[0]! : infos
  }

  /** One value without a meaning does not keep the others from theirs: who reads it is told. */
  #evaluateAll(): void {
    const { held } = this.#pending
    const failed = (nodes: ReadonlyArray<LazyNode>): boolean => {
      try {
        this.#evaluate(nodes)
        return false
      } catch {
        return true
      }
    }
    if (failed(held)) for (const node of held) failed([node])
    this.#pending.reset()
  }

  /** The values of `nodes`; what has none is evaluated, in one graph. Throws the engine's typed failure. */
  #evaluate(nodes: ReadonlyArray<LazyNode>): ReadonlyArray<TensorData> {
    const roots = nodes.filter((node) => node.value === undefined)
    if (roots.length > 0) {
      const { engine } = this.#settings.evaluator
      if (this.#closed) throw new ExecuteError({ engine, reason: "Closed", detail: "the backend was removed; read tensors before that" })
      const { graph, parameters, results } = cut(roots)
      const values = this.#settings.evaluator.evaluateSync(graph, parameters)
      if (Result.isFailure(values)) throw values.failure
      results.forEach((node, i) => this.#pending.settle(node, values.success[i]!))
    }
    return nodes.map((node) => node.value!)
  }

  #onCpu(name: string, inputs: Inputs, attrs: object): KernelResult {
    const { cpu, fallbacks } = this.#settings
    fallbacks.set(name, (fallbacks.get(name) ?? 0) + 1)
    const operand = (x: tf.TensorInfo): Operand => ({ dtype: x.dtype, shape: x.shape, values: this.#valuesOf(x) })
    const named = Object.entries(inputs).map(
      ([key, x]) => [key, x === undefined || x === null ? undefined : isTensor(x) ? operand(x) : x.map(operand)] as const
    )
    const operands = isList(inputs) ? inputs.map(operand) : Object.fromEntries(named)
    const { results, single } = cpu.run(name, operands, attrs)
    const infos = results.map(({ dtype, shape, values }) =>
      "real" in values
        ? this.#info({ _tag: "Complex", real: valued(values.real, shape), imag: valued(values.imag, shape) }, shape, dtype)
        : this.#info(contentOf(values, shape, dtype), shape, dtype)
    )
    return single ? infos[0]! : infos
  }

  #valuesOf(x: tf.TensorInfo): Operand["values"] {
    const { content } = this.#data.get(x.dataId)
    if (content._tag === "Strings") return content.values
    if (content._tag === "Node") return this.#evaluate([content.node])[0]!.slice()
    const [real, imag] = this.#evaluate([content.real, content.imag]) as [Float32Array, Float32Array] // as in `readSync`
    return { real: real.slice(), imag: imag.slice() }
  }
}

const valued = (values: Float32Array, shape: ReadonlyArray<number>) => new LazyNode({ dtype: "float32", shape: [...shape] }, values)

/** Numbers are copied: they are used later, and the caller may write to them before. */
const contentOf = (values: tf.backend_util.BackendValues, shape: ReadonlyArray<number>, dtype: tf.DataType): Content => {
  if (dtype === "string") return { _tag: "Strings", values: (values as Array<Uint8Array>).slice() } // tfjs has encoded them; there may be holes
  if (isGraphType(dtype)) return { _tag: "Node", node: new LazyNode({ dtype, shape: [...shape] }, toData(dtype, values as ArrayLike<number>)) }
  // complex numbers are moved in as pairs
  const pairs = values as Float32Array
  const part = (offset: number) =>
    valued(
      Float32Array.from({ length: pairs.length / 2 }, (_, i) => pairs[2 * i + offset]!),
      shape
    )
  return { _tag: "Complex", real: part(0), imag: part(1) }
}

/**
 * One recording: the graph under construction, what its tensors stand for, and its variables.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import type { TraceError } from "../../domain/Errors.ts"
import * as Builder from "../../domain/graph/Builder.ts"
import type { Graph, NodeId, SourceLocation } from "../../domain/graph/Graph.ts"
import { randomKeyName } from "../../domain/Program.ts"
import { type DType, sameType, sizeOf, type TensorData, type TensorType } from "../../domain/Tensor.ts"
import { ComplexData } from "./ComplexData.ts"
import { complexOperand, failure, foreignTensor, foreignVariable } from "./failures.ts"
import { evaluateConstant } from "./evaluateConstant.ts"
import { makeLayerNames } from "./layerNames.ts"
import * as LayerLog from "./layers/LayerLog.ts"

/** A `dataId` of the recording backend: a node of the graph, or host data that no node has needed so far. */
export class Recorded {
  readonly recording: Recording
  readonly type: TensorType
  /** Kernel that made it, or the name of the parameter. */
  readonly op: string
  readonly source: SourceLocation | undefined
  readonly host: ArrayLike<number> | undefined
  #node: NodeId | undefined

  constructor(recording: Recording, type: TensorType, op: string, source: SourceLocation | undefined, value: NodeId | ArrayLike<number>) {
    this.recording = recording
    this.type = type
    this.op = op
    this.source = source
    if (typeof value === "number") this.#node = value
    else this.host = value
  }

  get node(): NodeId {
    if (this.#node !== undefined) return this.#node
    const { dtype, shape } = this.type
    const host = this.host ?? []
    const value = splatOf(host)
    this.#node =
      value === undefined
        ? this.recording.builder.add("Constant", [], { shape, data: toData(dtype, host) }, this.source)
        : this.recording.builder.add("Fill", [], { dtype, shape, value }, this.source)
    this.recording.madeBy(this.#node, this.op, this.source)
    return this.#node
  }
}

/** A copy of host values in the class that stores `dtype`; of one kind to the same kind it is a plain copy of memory. */
export const toData = (dtype: DType, values: ArrayLike<number>): TensorData => {
  if (dtype === "float32") return values instanceof Float32Array ? values.slice() : Float32Array.from(values)
  if (dtype === "int32") return values instanceof Int32Array ? values.slice() : Int32Array.from(values)
  return Uint8Array.from(values, (x) => (x ? 1 : 0))
}

/** The dtypes a graph has; strings and complex numbers are refused. */
export const dtypeOf = (dtype: string, op: string, source: SourceLocation | undefined): DType => {
  if (dtype === "float32" || dtype === "int32" || dtype === "bool") return dtype
  throw failure(
    "UnknownKernel",
    `tensors of dtype ${dtype} cannot be part of a compiled step. Use float32, int32 or bool, and encode strings in the input pipeline`,
    { op, source }
  )
}

/** The one value of all elements: gradients multiply by arrays of ones, which need no copy. */
const splatOf = (values: ArrayLike<number>): number | undefined => {
  const first = values[0]
  for (let i = 1; i < values.length; i++) if (!Object.is(values[i], first)) return undefined
  return first === undefined ? 0 : Number(first) // plain arrays may hold booleans
}

export interface RecordedVariable {
  readonly variable: tf.Variable
  /** `undefined` for one that was made without a name: optimizers' slots, named at the end. */
  readonly name: string | undefined
  readonly trainable: boolean
  readonly type: TensorType
  readonly parameter: NodeId
  /** Made a node when the graph of initial values is: large literals cost a copy and a hash. */
  initial: Recorded
  readonly source: SourceLocation | undefined
}

/** A leaf of the recurrent cache that the model function made itself: the state of a stateful layer. */
export interface Carried {
  readonly name: string
  readonly parameter: NodeId
  readonly initial: NodeId
  /** What it is after the step. */
  readonly next: () => tf.Tensor
}

/** The part of an engine state (of the caller's) from which values of tensors made outside are read. */
export interface OuterState {
  readonly tensorInfo: WeakMap<object, { readonly backend: { readonly readSync: (dataId: object) => unknown } }>
}

const isNumbers = (u: unknown): u is ArrayLike<number> => ArrayBuffer.isView(u) || Array.isArray(u)

export class Recording {
  readonly builder = Builder.make()
  readonly replicas: number
  /** Whether nodes get the user's line: the second recording, made for comparison, goes without. */
  readonly sourced: boolean
  readonly randomKey: NodeId
  readonly variables: Array<RecordedVariable> = []
  /** Optimizers that took a step, in order: their slots get their names from them. */
  readonly optimizers = new Set<tf.Optimizer>()
  readonly layerNames = makeLayerNames()
  readonly layers = LayerLog.make()
  readonly carried: Array<Carried> = []
  /** Last place where a kernel was called, for failures that name only the kernel. */
  readonly lastSource = new Map<string, SourceLocation>()
  /** A failure that user code cannot swallow: set by reads whose promise nobody awaits. */
  failed: TraceError | undefined
  /** Draws of the step so far. */
  draws = 0
  /** Says which tensors the model function is given, for when it takes one that is not there. */
  leavesText = ""
  readonly #outer: ReadonlyArray<OuterState>
  readonly #origin = new Map<NodeId, { readonly op: string; readonly source: SourceLocation | undefined }>()
  readonly #known = new Map<tf.Variable, RecordedVariable>()
  readonly #outside = new WeakMap<object, Recorded>()

  constructor(replicas: number, outer: ReadonlyArray<OuterState>, sourced = true) {
    this.replicas = replicas
    this.sourced = sourced
    this.#outer = outer
    this.randomKey = this.builder.parameter(randomKeyName, { _tag: "State", kind: "random", trainable: false }, { dtype: "int32", shape: [3] })
  }

  /** Remembers the kernel behind a node, for messages. The first one stays. */
  madeBy(node: NodeId, op: string, source: SourceLocation | undefined): void {
    if (!this.#origin.has(node)) this.#origin.set(node, { op, source })
  }

  originOf(node: NodeId) {
    return this.#origin.get(node)
  }

  /** A tfjs tensor for a node. */
  tensor(node: NodeId, op: string, source?: SourceLocation): tf.Tensor {
    return tf.engine().makeTensorFromTensorInfo(this.info(node, op, source))
  }

  info(node: NodeId, op: string, source?: SourceLocation): tf.TensorInfo {
    const type = this.builder.typeOf(node)
    return { dataId: new Recorded(this, type, op, source, node), shape: [...type.shape], dtype: type.dtype }
  }

  recordedOf(x: tf.TensorInfo, op: string, source: SourceLocation | undefined): Recorded {
    const id: object = x.dataId
    if (id instanceof Recorded) {
      if (id.recording === this) return id
      throw x instanceof tf.Variable ? foreignVariable(x.name, op, source) : foreignTensor(op, source)
    }
    if (id instanceof ComplexData) throw complexOperand(op, source)
    if (x instanceof tf.Variable) throw foreignVariable(x.name, op, source)
    return this.#fromOutside(x, id, op, source)
  }

  nodeOf(x: tf.TensorInfo, op: string, source: SourceLocation | undefined): NodeId {
    const { node, type } = this.recordedOf(x, op, source)
    // an alias may have another shape than its data: tfjs reshapes without a kernel in places
    return sizeOf(type.shape) === sizeOf(x.shape) ? Builder.reshape(this.builder, node, x.shape, source) : node
  }

  addVariable(entry: RecordedVariable): void {
    this.variables.push(entry)
    this.#known.set(entry.variable, entry)
  }

  variableOf(variable: tf.Variable): RecordedVariable | undefined {
    return this.#known.get(variable)
  }

  /**
   * Makes `value` the variable's first one, as where a layer is given weights: when it depends on constants only and the
   * step has not written to the variable. Else it is left as it is, to be assigned in the step.
   */
  initialise(variable: tf.Variable, value: tf.Tensor): boolean {
    const entry = this.#known.get(variable)
    if (entry === undefined || !sameType(entry.type, { dtype: dtypeOf(value.dtype, "Variable", entry.source), shape: value.shape })) return false
    if (this.nodeOf(variable, "Variable", entry.source) !== entry.parameter) return false
    const recorded = this.recordedOf(value, "Variable", entry.source)
    if (recorded.host === undefined && evaluateConstant(this, recorded.node) === undefined) return false
    entry.initial = recorded
    return true
  }

  /** The tensor that a new leaf of the recurrent cache has at the beginning of the step. */
  carry(name: string, zero: tf.Tensor, next: () => tf.Tensor): tf.Tensor {
    const leaf = `cache/${this.layerNames.of(name)}`
    const initial = this.nodeOf(zero, leaf, undefined)
    const role = { _tag: "State", kind: "cache", trainable: false } as const
    const parameter = this.builder.parameter(leaf, role, this.builder.typeOf(initial))
    this.madeBy(parameter, leaf, undefined)
    this.carried.push({ name: leaf, parameter, initial, next })
    return this.tensor(parameter, leaf)
  }

  /** The graph so far, without outputs. */
  graph(): Graph {
    return this.builder.build()
  }

  /** A tensor of the caller's: its values become a constant, and it stays where it is. */
  #fromOutside(x: tf.TensorInfo, id: object, op: string, source: SourceLocation | undefined): Recorded {
    const before = this.#outside.get(id)
    // backends may share data between tensors of several dtypes
    if (before !== undefined && before.type.dtype === x.dtype) return before
    for (const state of this.#outer) {
      const values = state.tensorInfo.get(id)?.backend.readSync(id)
      if (!isNumbers(values)) continue
      const type = { dtype: dtypeOf(x.dtype, op, source), shape: [...x.shape] }
      const recorded = new Recorded(this, type, "Constant", source, values)
      this.#outside.set(id, recorded)
      return recorded
    }
    throw failure("ForeignTensor", "a tensor that no backend knows was used: it was disposed, or made by another copy of @tensorflow/tfjs-core", {
      op,
      source
    })
  }
}

let active: Recording | undefined

/** The recording under way, if there is one. */
export const current = (): Recording | undefined => active

/** Makes `recording` (or none) the one under way and gives the one before. */
export const activate = (recording: Recording | undefined): Recording | undefined => {
  const before = active
  active = recording
  return before
}

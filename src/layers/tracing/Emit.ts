/**
 * What a kernel's recording rule works with: the graph under construction, with the user's line put on each node.
 *
 * @since 0.1.0
 */
import type * as tf from "@tensorflow/tfjs-core"
import * as Builder from "../../domain/graph/Builder.ts"
import type { NodeId, SourceLocation } from "../../domain/graph/Graph.ts"
import type { BinaryOp, CompareOp, LogicalOp, OpAttrs, OpName, ReduceOp, UnaryOp } from "../../domain/graph/ops.ts"
import { type DType, type Shape, sizeOf, type TensorData, type TensorType } from "../../domain/Tensor.ts"

const order: Readonly<Record<DType, number>> = { bool: 0, int32: 1, float32: 2 }

/** The dtype that holds both: float32 over int32 over bool. */
export const wider = (a: DType, b: DType): DType => (order[a] >= order[b] ? a : b)

/** Axes non-negative, ascending, without repeats; all axes when none are named. */
export const normalAxes = (axis: number | ReadonlyArray<number> | null | undefined, rank: number): Array<number> => {
  const axes = axis === null || axis === undefined ? Array.from({ length: rank }, (_, i) => i) : typeof axis === "number" ? [axis] : axis
  return [...new Set(axes.map((a) => (a < 0 ? a + rank : a)))].sort((i, j) => i - j)
}

/** Where nodes go: a recording, or the nodes of one kernel that runs eagerly. */
export interface Target {
  readonly builder: Builder.Builder
  readonly replicas: number
  /** The parameter that draws start from. */
  readonly randomKey: NodeId
  /** The node of a kernel's input. */
  readonly nodeOf: (x: tf.TensorInfo, kernel: string, source: SourceLocation | undefined) => NodeId
}

/** One kernel call: every node added through it carries the source of that call. */
export class Emit {
  readonly recording: Target
  readonly kernel: string
  readonly source: SourceLocation | undefined

  constructor(recording: Target, kernel: string, source: SourceLocation | undefined) {
    this.recording = recording
    this.kernel = kernel
    this.source = source
  }

  /** The node of a kernel's input. */
  of(x: tf.TensorInfo): NodeId {
    return this.recording.nodeOf(x, this.kernel, this.source)
  }
  type(node: NodeId): TensorType {
    return this.recording.builder.typeOf(node)
  }
  shape(node: NodeId): Shape {
    return this.type(node).shape
  }
  dtype(node: NodeId): DType {
    return this.type(node).dtype
  }
  add<K extends Exclude<OpName, "Parameter">>(op: K, inputs: ReadonlyArray<NodeId>, attrs: OpAttrs[K]): NodeId {
    return this.recording.builder.add(op, inputs, attrs, this.source)
  }
  cast(x: NodeId, dtype: DType): NodeId {
    return Builder.cast(this.recording.builder, x, dtype, this.source)
  }
  float(x: NodeId): NodeId {
    return this.cast(x, "float32")
  }
  /** bool becomes int32: arithmetic has no bool. */
  numeric(x: NodeId): NodeId {
    return this.dtype(x) === "bool" ? this.cast(x, "int32") : x
  }
  unary(op: UnaryOp, x: NodeId): NodeId {
    return this.add(op, [x], {})
  }
  /** Arithmetic with promotion; bool operands alone give bool, as in tfjs. */
  arithmetic(op: BinaryOp, a: NodeId, b: NodeId): NodeId {
    const dtype = wider(this.dtype(a), this.dtype(b))
    const at = dtype === "bool" ? "int32" : dtype
    return this.cast(Builder.binary(this.recording.builder, op, this.cast(a, at), this.cast(b, at), this.source), dtype)
  }
  compare(op: CompareOp, a: NodeId, b: NodeId): NodeId {
    const wide = wider(this.dtype(a), this.dtype(b))
    const dtype = wide === "bool" ? "int32" : wide
    return Builder.binary(this.recording.builder, op, this.cast(a, dtype), this.cast(b, dtype), this.source)
  }
  logical(op: LogicalOp, a: NodeId, b: NodeId): NodeId {
    return Builder.binary(this.recording.builder, op, this.cast(a, "bool"), this.cast(b, "bool"), this.source)
  }
  add2(a: NodeId, b: NodeId): NodeId {
    return this.arithmetic("Add", a, b)
  }
  sub(a: NodeId, b: NodeId): NodeId {
    return this.arithmetic("Sub", a, b)
  }
  mul(a: NodeId, b: NodeId): NodeId {
    return this.arithmetic("Mul", a, b)
  }
  div(a: NodeId, b: NodeId): NodeId {
    return this.arithmetic("Div", a, b)
  }
  select(condition: NodeId, a: NodeId, b: NodeId): NodeId {
    const dtype = wider(this.dtype(a), this.dtype(b))
    return Builder.select(this.recording.builder, this.cast(condition, "bool"), this.cast(a, dtype), this.cast(b, dtype), this.source)
  }
  scalar(dtype: DType, value: number): NodeId {
    return Builder.scalar(this.recording.builder, dtype, value, this.source)
  }
  /** The number as a scalar of the node's dtype. */
  like(x: NodeId, value: number): NodeId {
    return this.scalar(this.dtype(x), value)
  }
  fill(type: TensorType, value: number): NodeId {
    return Builder.fill(this.recording.builder, type, value, this.source)
  }
  constant(data: TensorData, shape: Shape): NodeId {
    return this.add("Constant", [], { shape, data })
  }
  reshape(x: NodeId, shape: Shape): NodeId {
    return Builder.reshape(this.recording.builder, x, shape, this.source)
  }
  transpose(x: NodeId, perm: ReadonlyArray<number>): NodeId {
    return Builder.transpose(this.recording.builder, x, perm, this.source)
  }
  broadcast(x: NodeId, shape: Shape): NodeId {
    return Builder.broadcastTo(this.recording.builder, x, shape, this.source)
  }
  reduce(op: ReduceOp, x: NodeId, axes: ReadonlyArray<number>, keepDims = false): NodeId {
    return axes.length === 0 ? x : Builder.reduce(this.recording.builder, op, x, axes, keepDims, this.source)
  }
  slice(x: NodeId, begin: ReadonlyArray<number>, size: ReadonlyArray<number>, strides?: ReadonlyArray<number>): NodeId {
    const shape = this.shape(x)
    if (begin.every((b) => b === 0) && size.every((s, i) => s === shape[i])) return x
    return this.add("Slice", [x], { begin: [...begin], size: [...size], strides: strides ?? begin.map(() => 1) })
  }
  /** Elements `begin … begin + size` of one axis. */
  sliceAxis(x: NodeId, axis: number, begin: number, size: number): NodeId {
    const shape = this.shape(x)
    return this.slice(
      x,
      shape.map((_, i) => (i === axis ? begin : 0)),
      shape.map((d, i) => (i === axis ? size : d))
    )
  }
  concat(xs: ReadonlyArray<NodeId>, axis: number): NodeId {
    return xs.length === 1 ? xs[0]! : this.add("Concat", xs, { axis })
  }
  /** `[batch…, m, k] x [batch…, k, n]`, float32; ranks are made equal. */
  /** `exact`: a means of computing an op that is no product itself, so mixed precision leaves it alone. */
  matMul(a: NodeId, b: NodeId, { transposeA = false, transposeB = false, exact = false } = {}): NodeId {
    const rank = Math.max(this.shape(a).length, this.shape(b).length)
    const lift = (x: NodeId) => this.reshape(x, [...Array.from({ length: rank - this.shape(x).length }, () => 1), ...this.shape(x)])
    return Builder.matMul(this.recording.builder, lift(this.float(a)), lift(this.float(b)), { transposeA, transposeB, exact }, this.source)
  }
  size(x: NodeId): number {
    return sizeOf(this.shape(x))
  }
}

/**
 * The evaluate rule of every op that one replica can compute by itself: the op's meaning, in plain TypeScript over typed
 * arrays. What engines are held to. (`Parameter` is given and `CrossReplicaSum` needs all replicas: see `Evaluate.ts`.)
 *
 * Float32 results are computed in float64 and rounded once where they are stored; reductions and products accumulate in
 * float64. Int32 wraps. Where TensorFlow.js's CPU backend has a habit (NaN, rounding, division), it is kept.
 *
 * @since 0.1.0
 */
import { fills } from "../RandomKey.ts"
import { allocate, sizeOf, type Tensor, type TensorData, type TensorType } from "../Tensor.ts"
import { binaryLoops, cast, compareLoops, predicateLoops, select, unaryLoops } from "./evaluate/elementwise.ts"
import { depthwise, depthwiseBackpropFilter, depthwiseBackpropInput } from "./evaluate/depthwise.ts"
import { matMul } from "./evaluate/matMul.ts"
import { reducePrecision } from "./evaluate/reducePrecision.ts"
import { argExtreme, cumSum, reduce, softmax } from "./evaluate/reduce.ts"
import { broadcast, transpose } from "./evaluate/strided.ts"
import { topKIndices, topKValues } from "./evaluate/sort.ts"
import { concat, gather, iota, oneHot, pad, reverse, segmentSum, slice } from "./evaluate/structure.ts"
import { avgPool, avgPoolGrad, conv2d, conv2dBackpropFilter, conv2dBackpropInput, maxPool, maxPoolGrad } from "./evaluate/windows.ts"
import {
  binaryOps,
  compareOps,
  logicalOps,
  type OpAttrs,
  type OpName,
  predicateOps,
  type RandomAttrs,
  randomOps,
  reduceOps,
  unaryOps
} from "./ops.ts"

/** Ops that one replica computes by itself. @category models @since 0.1.0 */
export type LocalOp = Exclude<OpName, "Parameter" | "CrossReplicaSum">

/**
 * Gives the elements of a node's value. Operands have been type checked, are not to be written to, and may be given back
 * as the result (a reshape shares its operand's elements).
 *
 * @category models
 * @since 0.1.0
 */
export type EvaluateRule<K extends OpName> = (inputs: ReadonlyArray<Tensor>, attrs: OpAttrs[K], type: TensorType, replica: number) => TensorData

type Inputs = ReadonlyArray<Tensor>

/** One rule under each of the names. The cast: `Object.fromEntries` forgets which keys it was given. */
const each = <K extends string, R>(names: ReadonlyArray<K>, rule: (name: K) => R) =>
  Object.fromEntries(names.map((name) => [name, rule(name)])) as { readonly [P in K]: R }

const result = (type: TensorType): TensorData => allocate(type.dtype, sizeOf(type.shape))

type Loop1 = (x: TensorData, out: TensorData) => void
type Loop2 = (a: TensorData, b: TensorData, out: TensorData) => void

const unary = (loop: Loop1) => (inputs: Inputs, _: unknown, type: TensorType) => {
  const out = result(type)
  loop(inputs[0]!.data, out)
  return out
}

const binary = (loop: Loop2) => (inputs: Inputs, _: unknown, type: TensorType) => {
  const out = result(type)
  loop(inputs[0]!.data, inputs[1]!.data, out)
  return out
}

/** @category tables @since 0.1.0 */
export const evaluateRules: { readonly [K in LocalOp]: EvaluateRule<K> } = {
  ...each(unaryOps, (name) => unary(unaryLoops[name])),
  ...each(binaryOps, (name) => binary(binaryLoops[name])),
  ...each(compareOps, (name) => binary(compareLoops[name])),
  ...each(logicalOps, (name) => binary(compareLoops[name])),
  ...each(predicateOps, (name) => unary(predicateLoops[name])),
  ...each(reduceOps, (name) => (inputs: Inputs, attrs: { readonly axes: ReadonlyArray<number> }) => reduce(name, inputs[0]!, attrs.axes)),
  ...each(randomOps, (name) => (inputs: Inputs, { shape, draw, replica: own }: RandomAttrs, _: TensorType, replica: number) => {
    const out = new Float32Array(sizeOf(shape))
    fills[name](out, inputs[0]!.data, own ?? replica, draw)
    return out
  }),
  Constant: (_, { data }) => data,
  Fill: (_, { dtype, shape, value }) => allocate(dtype, sizeOf(shape)).fill(value),
  Iota: (_, { dtype, shape, axis }) => iota(dtype, shape, axis),
  ReplicaId: (_inputs, _attrs, _type, replica) => Int32Array.of(replica),
  Not: unary((x, out) => {
    for (let i = 0; i < out.length; i++) out[i] = x[i] === 0 ? 1 : 0
  }),
  BitwiseAnd: binary((a, b, out) => {
    for (let i = 0; i < out.length; i++) out[i] = a[i]! & b[i]!
  }),
  Barrier: (inputs) => inputs[0]!.data,
  Cast: unary(cast),
  ReducePrecision: (inputs, { exponentBits, mantissaBits }) => reducePrecision(inputs[0]!.data, exponentBits, mantissaBits),
  Select: (inputs, _, type) => {
    const out = result(type)
    select(inputs[0]!.data, inputs[1]!.data, inputs[2]!.data, out)
    return out
  },
  Reshape: (inputs) => inputs[0]!.data,
  Transpose: (inputs, { perm }, type) => {
    const out = result(type)
    transpose(inputs[0]!.data, inputs[0]!.shape, perm, out)
    return out
  },
  Broadcast: (inputs, { shape }, type) => {
    const out = result(type)
    broadcast(inputs[0]!.data, inputs[0]!.shape, shape, out)
    return out
  },
  Concat: (inputs, { axis }, type) => concat(inputs, axis, type),
  Slice: (inputs, attrs) => slice(inputs[0]!, attrs),
  Pad: (inputs, attrs, type) => pad(inputs[0]!, attrs, type),
  Reverse: (inputs, { axes }) => reverse(inputs[0]!, axes),
  Gather: (inputs, { axis }, type) => gather(inputs[0]!, inputs[1]!, axis, type),
  SegmentSum: (inputs, { numSegments }) => segmentSum(inputs[0]!, inputs[1]!, numSegments),
  OneHot: (inputs, attrs) => oneHot(inputs[0]!, attrs),
  ArgMax: (inputs, { axis }) => argExtreme(true, inputs[0]!, axis),
  ArgMin: (inputs, { axis }) => argExtreme(false, inputs[0]!, axis),
  TopKValues: (inputs, { k }) => topKValues(inputs[0]!, k),
  TopKIndices: (inputs, { k }) => topKIndices(inputs[0]!, k),
  CumSum: (inputs, attrs) => cumSum(inputs[0]!, attrs),
  MatMul: (inputs, { transposeA, transposeB }, type) => matMul(inputs[0]!, inputs[1]!, transposeA, transposeB, type.shape),
  Softmax: (inputs) => softmax(inputs[0]!, false),
  LogSoftmax: (inputs) => softmax(inputs[0]!, true),
  Conv2D: (inputs, attrs, type) => (attrs.depthwise ? depthwise : conv2d)(inputs[0]!, inputs[1]!, attrs, type.shape),
  Conv2DBackpropInput: (inputs, attrs) =>
    (attrs.depthwise ? depthwiseBackpropInput : conv2dBackpropInput)(inputs[0]!, inputs[1]!, attrs, attrs.inputShape),
  Conv2DBackpropFilter: (inputs, attrs) =>
    (attrs.depthwise ? depthwiseBackpropFilter : conv2dBackpropFilter)(inputs[0]!, inputs[1]!, attrs, attrs.filterShape),
  MaxPool: (inputs, attrs, type) => maxPool(inputs[0]!, attrs, type.shape),
  MaxPoolGrad: (inputs, attrs) => maxPoolGrad(inputs[0]!, inputs[1]!, attrs),
  AvgPool: (inputs, attrs, type) => avgPool(inputs[0]!, attrs, type.shape),
  AvgPoolGrad: (inputs, attrs) => avgPoolGrad(inputs[0]!, attrs, attrs.inputShape)
}

/**
 * Type rules of the ops that read by index, write by index, or find one.
 *
 * @since 0.1.0
 */
import { type DType, printType, type Shape, type TensorType } from "../Tensor.ts"
import type { OpAttrs } from "./ops.ts"
import { arity, atLeast, axisOf, dtypeIn, printTypes, refuse } from "./typeChecks.ts"

type Inputs = ReadonlyArray<TensorType>

const numeric: ReadonlyArray<DType> = ["float32", "int32"]

const argument = (inputs: Inputs, { axis }: { readonly axis: number }): TensorType => {
  arity(inputs, 1)
  const x = inputs[0]!
  dtypeIn(x, numeric)
  axisOf(x, axis)
  if (x.shape[axis] === 0) refuse(`elements along axis ${axis}`, printType(x))
  return { dtype: "int32", shape: x.shape.filter((_, i) => i !== axis) }
}

const topK = (inputs: Inputs, { k }: { readonly k: number }): Shape => {
  arity(inputs, 1)
  const x = inputs[0]!
  dtypeIn(x, numeric)
  atLeast(k, 0, "k")
  const n = x.shape.at(-1)
  if (n === undefined || k > n) refuse(`at least k = ${k} elements on the last axis`, printType(x))
  return [...x.shape.slice(0, -1), k]
}

const gather = (inputs: Inputs, { axis }: OpAttrs["Gather"]): TensorType => {
  arity(inputs, 2)
  const [x, indices] = [inputs[0]!, inputs[1]!]
  axisOf(x, axis)
  dtypeIn(indices, ["int32"], "the indices")
  return { dtype: x.dtype, shape: [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)] }
}

const segmentSum = (inputs: Inputs, { numSegments }: OpAttrs["SegmentSum"]): TensorType => {
  arity(inputs, 2)
  const [x, ids] = [inputs[0]!, inputs[1]!]
  dtypeIn(x, numeric, "the rows")
  dtypeIn(ids, ["int32"], "the ids")
  atLeast(numSegments, 0, "numSegments")
  if (ids.shape.length > x.shape.length || ids.shape.some((d, i) => d !== x.shape[i])) {
    refuse("ids with the leading extents of the rows", printTypes(inputs))
  }
  return { dtype: x.dtype, shape: [numSegments, ...x.shape.slice(ids.shape.length)] }
}

/** @category rules @since 0.1.0 */
export const indexTypeRules = {
  Gather: gather,
  SegmentSum: segmentSum,
  OneHot: (inputs: Inputs, { depth, dtype }: OpAttrs["OneHot"]): TensorType => {
    arity(inputs, 1)
    dtypeIn(inputs[0]!, ["int32"], "the indices")
    atLeast(depth, 0, "depth")
    return { dtype, shape: [...inputs[0]!.shape, depth] }
  },
  ArgMax: argument,
  ArgMin: argument,
  TopKValues: (inputs: Inputs, attrs: OpAttrs["TopKValues"]): TensorType => ({ dtype: inputs[0]!.dtype, shape: topK(inputs, attrs) }),
  TopKIndices: (inputs: Inputs, attrs: OpAttrs["TopKIndices"]): TensorType => ({ dtype: "int32", shape: topK(inputs, attrs) })
} as const

/**
 * Sparse tensors whose shapes are known while a step is recorded.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import type { NodeId } from "../../../domain/graph/Graph.ts"
import { sizeOf, stridesOf } from "../../../domain/Tensor.ts"
import type { Emit } from "../Emit.ts"
import { evaluateConstant } from "../evaluateConstant.ts"
import { unknownKernel } from "../failures.ts"
import { kernel, type Kernel } from "./kernel.ts"

const known = (c: Emit, x: tf.TensorInfo, what: string): ReadonlyArray<number> => {
  const values = evaluateConstant(c.recording, c.of(x))
  if (values !== undefined) return Array.from(values)
  throw unknownKernel(c.kernel, c.source, `Its ${what} must be known when the step is recorded: give it as a literal, not computed from features`)
}

/** The shape asked for, its -1 filled in; throws as tfjs does where it does not fit. */
const shapeFor = (from: ReadonlyArray<number>, asked: ReadonlyArray<number>): ReadonlyArray<number> => {
  const util = tf.backend_util
  const free = asked.indexOf(-1)
  if (asked.indexOf(-1, free + 1) > free && free >= 0)
    throw new Error(util.getSparseReshapeMultipleNegativeOneOutputDimErrorMessage(free, asked.indexOf(-1, free + 1)))
  asked.forEach((extent, i) => {
    if (extent < -1) throw new Error(util.getSparseReshapeNegativeOutputDimErrorMessage(i, extent))
  })
  const rest = sizeOf(asked.filter((_, i) => i !== free))
  if (free >= 0 && rest <= 0) throw new Error(util.getSparseReshapeEmptyTensorZeroOutputDimErrorMessage())
  const shape = asked.map((extent, i) => (i === free ? Math.trunc(sizeOf(from) / rest) : extent))
  if (sizeOf(shape) !== sizeOf(from)) throw new Error(util.getSparseReshapeInputOutputMismatchErrorMessage([...from], shape))
  return shape
}

interface Operands {
  readonly inputIndices: tf.TensorInfo
  readonly inputShape: tf.TensorInfo
  readonly newShape: tf.TensorInfo
}

/** `[n, rank]` coordinates of the same elements in another shape. */
const sparseReshape = (c: Emit, { inputIndices, inputShape, newShape }: Operands): ReadonlyArray<NodeId> => {
  const from = known(c, inputShape, "inputShape")
  const to = shapeFor(from, known(c, newShape, "newShape"))
  const row = (values: Iterable<number>) => {
    const data = Int32Array.from(values)
    return c.constant(data, [data.length])
  }
  const indices = c.cast(c.of(inputIndices), "int32")
  const flat = c.reshape(c.reduce("ReduceSum", c.mul(indices, row(stridesOf(from))), [1]), [inputIndices.shape[0]!, 1])
  // without elements nothing is divided
  const places = c.arithmetic("FloorDiv", flat, row(stridesOf(to).map((stride) => Math.max(1, stride))))
  return [c.arithmetic("Mod", places, row(to.map((extent) => Math.max(1, extent)))), row(to)]
}

/** For recordings: outside of one the shapes are values like others. */
export const sparseKernels: ReadonlyArray<Kernel> = [kernel<Operands, object>("SparseReshape", (c, inputs) => sparseReshape(c, inputs))]

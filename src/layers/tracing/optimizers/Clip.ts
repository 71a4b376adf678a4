/**
 * Clipping of gradients, to be imported as a namespace. A transform is given to `CrossReplicaOptimizer`: as
 * `transformReplica` it sees each replica's share of the gradients before they are added up, as clipping between the original's
 * `compute_gradients` and `apply_gradients` does; as `transform` their sum, whose result does not depend on the number of
 * replicas. `Optimizers.withTransform` places one at any other point.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { clipByGlobalNorm } from "./clipByGlobalNorm.ts"
import type { Gradients } from "./Gradients.ts"
import { checkPositive, checkRange } from "./SlotOptimizer.ts"

/** Gradients by variable name to gradients of the same names and shapes. @category models @since 0.1.0 */
export type GradientTransform = (gradients: Gradients) => Gradients

const each =
  (f: (gradient: tf.Tensor) => tf.Tensor): GradientTransform =>
  (gradients) =>
    Object.fromEntries(Object.entries(gradients).map(([name, gradient]) => [name, f(gradient)]))

/** Each element to within `[low, high]` (TensorFlow's `clip_by_value`). `InvalidSpec` unless `low < high`. @category transforms @since 0.1.0 */
export const byValue = (low: number, high: number): GradientTransform => {
  checkRange("Clip.byValue", { low }, -Infinity, high)
  return each((gradient) => tf.clipByValue(gradient, low, high))
}

/**
 * Each gradient by itself, times `max / max(norm, max)` with its 2-norm (TensorFlow's `clip_by_norm`). `InvalidSpec` for a
 * `max` of 0 or less.
 *
 * @category transforms
 * @since 0.1.0
 */
export const byNorm = (max: number): GradientTransform => {
  checkPositive("Clip.byNorm", { max })
  return each((gradient) => tf.mul(gradient, tf.div(max, tf.maximum(tf.sqrt(tf.sum(tf.square(gradient))), max))))
}

/**
 * All gradients times `max / max(norm, max)`, `norm` the 2-norm of all together (TensorFlow's `clip_by_global_norm`).
 * `InvalidSpec` for a `max` of 0 or less.
 *
 * @category transforms
 * @since 0.1.0
 */
export const byGlobalNorm = (max: number): GradientTransform => {
  checkPositive("Clip.byGlobalNorm", { max })
  return (gradients) => clipByGlobalNorm(gradients, max).gradients
}

/** One transform after the other, from left to right. @category transforms @since 0.1.0 */
export const all =
  (...transforms: ReadonlyArray<GradientTransform>): GradientTransform =>
  (gradients) =>
    transforms.reduce((result, transform) => transform(result), gradients)

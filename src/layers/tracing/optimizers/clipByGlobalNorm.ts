/**
 * Clipping by the norm of all gradients together.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import type { Gradients } from "./Gradients.ts"

/**
 * Scales all gradients by `maxNorm / max(globalNorm, maxNorm)`, where `globalNorm` is the 2-norm of all of them together
 * (TensorFlow's `clip_by_global_norm`).
 *
 * @category gradients
 * @since 0.1.0
 */
export const clipByGlobalNorm = (gradients: Gradients, maxNorm: number): { readonly gradients: Gradients; readonly globalNorm: tf.Scalar } => {
  const squares = Object.values(gradients).map((g) => tf.sum(tf.square(g)))
  const globalNorm = tf.sqrt<tf.Scalar>(tf.addN(squares) as tf.Scalar) // a sum of scalars
  const factor = tf.div(maxNorm, tf.maximum(globalNorm, maxNorm))
  return { gradients: Object.fromEntries(Object.entries(gradients).map(([name, g]) => [name, tf.mul(g, factor)])), globalNorm }
}

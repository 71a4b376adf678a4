/**
 * A tensor as a constant: gradients do not go through it.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"

/**
 * `x` with the same shape, dtype and value, as a constant of everything that follows: what reaches the loss through it
 * alone has no gradient (none, not zeros: an optimizer leaves such a variable as it is). TensorFlow's `tf.stop_gradient`,
 * which TensorFlow.js lacks. Works in compiled steps and eagerly.
 *
 * @category gradients
 * @since 0.1.0
 */
export const stopGradient = <T extends tf.Tensor>(x: T): T => {
  const { state } = tf.engine()
  // within a kernel nothing is put on the tape
  state.kernelDepth++
  try {
    return tf.clone(x)
  } finally {
    state.kernelDepth--
  }
}

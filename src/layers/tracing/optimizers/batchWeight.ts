/**
 * How much the gradients that an optimizer is being given weigh, for optimizers that add up those of several steps.
 *
 * @since 0.1.0
 */
import type * as tf from "@tensorflow/tfjs-core"

let weight: tf.Scalar | undefined

/** The weight of the gradients given now: of the rows of all replicas together; `undefined` where each step weighs the same. */
export const batchWeight = (): tf.Scalar | undefined => weight

/** Runs `f`, which gives gradients of this weight to an optimizer; it is synchronous, so nothing else can come in between. */
export const withBatchWeight = <A>(value: tf.Scalar | undefined, f: () => A): A => {
  const before = weight
  weight = value
  try {
    return f()
  } finally {
    weight = before
  }
}

/**
 * The gradient of batch normalisation.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { type Gradients, single, unbroadcast } from "./gradient.ts"

const kernelName = "FusedBatchNorm"

/** Registered in place of tfjs's, which takes statistics of one axis only. `scale` and `offset` are always there: see `completeBatchNorm`. */
export const normalizationCorrected: Gradients = {
  [kernelName]: {
    inputsToSave: ["x", "mean", "variance", "scale", "offset"],
    gradFunc: (dys, saved, attrs) => {
      const dy = single(dys)
      const [x, mean, variance, scale, offset] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor] // as said above
      const inverse = tf.rsqrt(tf.add(variance, Number(attrs["varianceEpsilon"])))
      const centred = tf.sub(x, mean)
      return {
        x: () => unbroadcast(tf.mul(dy, tf.mul(inverse, scale)), x.shape),
        mean: () => tf.neg(tf.mul(unbroadcast(dy, mean.shape), tf.mul(inverse, scale))),
        variance: () => tf.mul(unbroadcast(tf.mul(dy, centred), variance.shape), tf.mul(tf.mul(tf.pow(inverse, 3), -0.5), scale)),
        scale: () => unbroadcast(tf.mul(dy, tf.mul(centred, inverse)), scale.shape),
        offset: () => unbroadcast(dy, offset.shape)
      }
    }
  }
}

/**
 * Gives batch normalisations without `scale` or `offset` ones of 1 and 0, for good: tfjs's gradient tape takes every operand for
 * a tensor, and throws an error without a meaning when one is missing.
 */
export const completeBatchNorm = (): void => {
  const engine = tf.engine()
  const own = engine.runKernel
  engine.runKernel = function <T extends tf.Tensor | Array<tf.Tensor>>(
    this: typeof engine,
    name: string,
    inputs: tf.NamedTensorMap,
    attrs?: tf.NamedAttrMap
  ): T {
    if (name !== kernelName) return own.call(this, name, inputs, attrs) as T // `call` forgets the type parameter
    const { mean, scale, offset } = inputs
    const complete = { ...inputs, scale: scale ?? tf.onesLike(mean!), offset: offset ?? tf.zerosLike(mean!) }
    return own.call(this, name, complete, attrs) as T // as above
  }
}

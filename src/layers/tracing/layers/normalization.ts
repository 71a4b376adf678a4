/**
 * Batch normalisation where TensorFlow.js 4.22 fails: in training without `scale` or `center`, in training along an axis
 * that is not the last, and on inputs of five axes or more.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import type * as tfl from "@tensorflow/tfjs-layers"
import type { Patch } from "../patch.ts"
import { classOf, exactlyOne, type Inputs, type Kwargs } from "./layerClasses.ts"

interface BatchNormalization {
  readonly axis: number
  readonly momentum: number
  readonly epsilon: number
  readonly center: boolean
  readonly scale: boolean
  readonly gamma?: tfl.LayerVariable | null
  readonly beta?: tfl.LayerVariable | null
  readonly movingMean: tfl.LayerVariable
  readonly movingVariance: tfl.LayerVariable
}

const original = classOf("BatchNormalization").prototype.call

const update = (statistic: tfl.LayerVariable, value: tf.Tensor, momentum: number) => {
  const before = statistic.read()
  statistic.write(tf.sub(before, tf.mul(tf.sub(before, value), 1 - momentum)))
}

/** Ioffe and Szegedy, 2015 (arXiv:1502.03167), in elementary operations; statistics as TensorFlow.js keeps them. */
const normalize = (layer: BatchNormalization, x: tf.Tensor, axis: number, training: boolean): tf.Tensor => {
  const along = x.shape.map((d, i) => (i === axis ? d : 1))
  const wide = (v: tf.Tensor) => tf.reshape(v, along)
  const others = x.shape.flatMap((_, i) => (i === axis ? [] : [i]))
  const { mean, variance } = training ? tf.moments(x, others) : { mean: layer.movingMean.read(), variance: layer.movingVariance.read() }
  const inverse = tf.rsqrt(tf.add(variance, layer.epsilon))
  const factor = layer.gamma ? tf.mul(inverse, layer.gamma.read()) : inverse
  const scaled = tf.mul(tf.sub(x, wide(mean)), wide(factor))
  if (training) {
    update(layer.movingMean, mean, layer.momentum)
    update(layer.movingVariance, variance, layer.momentum)
  }
  return layer.beta ? tf.add(scaled, wide(layer.beta.read())) : scaled
}

export const normalizationPatches: ReadonlyArray<Patch> = [
  {
    target: classOf("BatchNormalization").prototype,
    key: "call",
    value: function (this: BatchNormalization, inputs: Inputs, kwargs: Kwargs) {
      const x = exactlyOne(inputs)
      const axis = this.axis < 0 ? this.axis + x.rank : this.axis
      const training = Boolean(kwargs["training"])
      const fails = x.rank > 4 || (training && (!this.scale || !this.center || axis !== x.rank - 1))
      return fails ? normalize(this, x, axis, training) : Reflect.apply(original, this, [inputs, kwargs])
    }
  }
]

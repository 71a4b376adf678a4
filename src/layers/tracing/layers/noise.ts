/**
 * The layers that draw random numbers in training, with the draws of the compiled step in place of the host's. `seed`
 * of a layer has no meaning then: draws follow the run's seed, differ from step to step, and come again when a run is
 * resumed.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import type { RandomSource } from "../../../domain/Model.ts"
import type { Patch } from "../patch.ts"
import { classOf, exactlyOne, type Inputs, type Kwargs } from "./layerClasses.ts"

interface NoiseLayer {
  readonly rate: number
  readonly stddev: number
  readonly noiseShape?: ReadonlyArray<number> | null
  readonly getNoiseShape: (input: tf.Tensor) => ReadonlyArray<number> | null | undefined
  readonly invokeCallHook: (inputs: Inputs, kwargs: Kwargs) => void
}

type Noise = (layer: NoiseLayer, x: tf.Tensor, random: RandomSource) => tf.Tensor

const hasRate = ({ rate }: NoiseLayer): boolean => rate > 0 && rate < 1

/** float32 of 0 and 1. */
const kept = (random: RandomSource, shape: ReadonlyArray<number>, rate: number): tf.Tensor =>
  tf.cast(tf.greaterEqual(random.uniform(shape), rate), "float32")

const dropout: Noise = (layer, x, random) => {
  if (!hasRate(layer)) return x
  const mask = kept(random, layer.getNoiseShape(x) ?? x.shape, layer.rate)
  return tf.mul(x, tf.mul(mask, 1 / (1 - layer.rate)))
}

const gaussianNoise: Noise = ({ stddev }, x, random) => tf.add(random.normal(x.shape, 0, stddev), x)

const gaussianDropout: Noise = (layer, x, random) =>
  hasRate(layer) ? tf.mul(x, random.normal(x.shape, 1, Math.sqrt(layer.rate / (1 - layer.rate)))) : x

/** `-scale * alpha` of SELU (Klambauer et al., 2017, arXiv:1706.02515): what dropped elements become. */
const saturated = -1.6732632423543772 * 1.0507009873554805

const alphaDropout: Noise = (layer, x, random) => {
  if (!hasRate(layer)) return x
  const { rate } = layer
  const mask = kept(random, layer.noiseShape ?? x.shape, rate)
  const a = ((1 - rate) * (1 + rate * saturated ** 2)) ** -0.5
  const y = tf.add(tf.mul(x, mask), tf.mul(tf.sub(1, mask), saturated))
  return tf.add(tf.mul(y, a), -a * saturated * rate)
}

const noises: ReadonlyArray<readonly [className: string, noise: Noise]> = [
  ["Dropout", dropout], // SpatialDropout1D inherits it
  ["GaussianNoise", gaussianNoise],
  ["GaussianDropout", gaussianDropout],
  ["AlphaDropout", alphaDropout]
]

/** Cells that make their dropout masks with `dropoutFunc`, where they have one. */
const cells = ["SimpleRNNCell", "GRUCell", "LSTMCell", "ConvLSTM2DCell"]

interface Cell {
  dropoutFunc?: ((x: tf.Tensor, rate: number) => tf.Tensor) | null | undefined
}

const originals = new Map(cells.map((name) => [name, classOf(name).prototype.call]))

export const noisePatches = (random: RandomSource): ReadonlyArray<Patch> => [
  ...noises.map(([name, noise]): Patch => ({
    target: classOf(name).prototype,
    key: "call",
    value: function (this: NoiseLayer, inputs: Inputs, kwargs: Kwargs) {
      this.invokeCallHook(inputs, kwargs)
      const x = exactlyOne(inputs)
      return kwargs["training"] ? noise(this, x, random) : x
    }
  })),
  ...cells.map((name): Patch => ({
    target: classOf(name).prototype,
    key: "call",
    value: function (this: Cell, ...args: ReadonlyArray<unknown>) {
      const before = this.dropoutFunc
      this.dropoutFunc = before ?? random.dropout
      try {
        return Reflect.apply(originals.get(name)!, this, args)
      } finally {
        this.dropoutFunc = before
      }
    }
  }))
]

/**
 * Adafactor: second moments of a matrix as those of its rows and columns.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { type LearningRate, optionsFor } from "./Rate.ts"
import { checkRange, movingAverage, SlotOptimizer, type Update } from "./SlotOptimizer.ts"

/** @category models @since 0.1.0 */
export interface AdafactorOptions {
  /** Default 0.01. With `relativeStep` the most that a step may be. */
  readonly learningRate?: LearningRate
  /** Whether the rate is `min(learningRate, 1 / sqrt(n))`, `n` the update's number from 1. Default true. */
  readonly relativeStep?: boolean
  /** Whether the rate is scaled by `max(epsilon2, RMS(w))` of each variable. Default true. */
  readonly scaleParameter?: boolean
  /** Of the first moment: none (and no slot) for 0, the default. */
  readonly beta1?: number
  /** The second moment's decay is `1 - n^-decayPower`. Default 0.8. */
  readonly decayPower?: number
  /** The largest RMS of an update before the rate; 0 for no limit. Default 1. */
  readonly clipThreshold?: number
  /** Added to squared gradients. Default 1e-30. */
  readonly epsilon1?: number
  /** The least scale of a variable. Default 1e-3. */
  readonly epsilon2?: number
  /** Variables whose last two axes are both at least as long are factored. Default 2. */
  readonly minFactored?: number
  /** Part of a variable that goes in each update, times the learning rate (before it is made relative). Default 0. */
  readonly weightDecay?: number
  /** Which variables decay, by name. Default: all. */
  readonly decays?: (variable: string) => boolean
}

const rms = (x: tf.Tensor): tf.Tensor => tf.sqrt(tf.mean(tf.square(x)))

/** The average with a decay that is a tensor, in the form that is exact for 0. */
const averageBy = (average: tf.Tensor, x: tf.Tensor, part: tf.Tensor): tf.Tensor => tf.add(tf.mul(average, tf.sub(1, part)), tf.mul(x, part))

const defaults = {
  learningRate: 0.01,
  relativeStep: true,
  scaleParameter: true,
  beta1: 0,
  decayPower: 0.8,
  clipThreshold: 1,
  epsilon1: 1e-30,
  epsilon2: 1e-3,
  minFactored: 2,
  weightDecay: 0,
  decays: () => true
}

/**
 * Adafactor (Shazeer and Stern, Adaptive Learning Rates with Sublinear Memory Cost, 2018, algorithms 4 and 5), in
 * Tensor2Tensor's arrangement, as PyTorch, and as optax for matrices (of more axes it factors the two longest): `v' = (1 - n^-0.8) v + n^-0.8 (g² + ε1)`, for variables of two axes or more kept as
 * means over the last axis (`vr`) and the last but one (`vc`), whence `v'ᵢⱼ ≈ vrᵢ vcⱼ / mean(vr)`; `u = g / sqrt(v')`,
 * divided by `max(1, RMS(u) / clipThreshold)`; `α = max(ε2, RMS(w)) ρ`, `ρ = min(η, 1 / sqrt(n))`; `w' = (1 - η λ) w - α u`, or
 * with `beta1` minus `m' = β1 m + (1 - β1) α u`. Decay as PyTorch's. Slots as Tensor2Tensor's: `<variable>/Adafactor/vr` and
 * `/vc`, `/v` where nothing is factored, `/m` with `beta1`; `Adafactor/iteration`. `InvalidSpec` for options out of range.
 *
 * @category optimizers
 * @since 0.1.0
 */
export class Adafactor extends SlotOptimizer {
  static readonly className = "Adafactor"
  readonly options: Required<AdafactorOptions>

  constructor(options: AdafactorOptions = {}) {
    super(optionsFor("Adafactor", options).learningRate ?? defaults.learningRate)
    this.options = { ...defaults, ...options }
    const { beta1, decayPower, clipThreshold, epsilon1, epsilon2, minFactored, weightDecay } = this.options
    checkRange("Adafactor", { beta1 }, 0, 1)
    checkRange("Adafactor", { decayPower, clipThreshold, epsilon1, epsilon2, weightDecay }, 0, Infinity)
    checkRange("Adafactor", { minFactored }, 1, Infinity)
  }

  #isFactored(shape: ReadonlyArray<number>): boolean {
    return shape.length >= 2 && Math.min(...shape.slice(-2)) >= this.options.minFactored
  }

  /** `g / sqrt(v')`. Rows and columns are divided one after the other: their product may be too small for float32. */
  #scaled(variable: tf.Variable, gradient: tf.Tensor, part: tf.Tensor): tf.Tensor {
    const squared = tf.add(tf.square(gradient), this.options.epsilon1)
    const { shape } = variable
    if (!this.#isFactored(shape)) {
      const v = this.slot(variable, "v")
      const next = averageBy(v, squared, part)
      v.assign(next)
      return tf.mul(gradient, tf.rsqrt(next))
    }
    const rows = this.slot(variable, "vr", shape.slice(0, -1))
    const columns = this.slot(variable, "vc", [...shape.slice(0, -2), shape.at(-1)!])
    const rowsNext = averageBy(rows, tf.mean(squared, -1), part)
    const columnsNext = averageBy(columns, tf.mean(squared, -2), part)
    rows.assign(rowsNext)
    columns.assign(columnsNext)
    const byRow = tf.rsqrt(tf.div(rowsNext, tf.mean(rowsNext, -1, true)))
    return tf.mul(tf.mul(gradient, tf.expandDims(byRow, -1)), tf.expandDims(tf.rsqrt(columnsNext), -2))
  }

  protected override update(variable: tf.Variable, gradient: tf.Tensor, { rate, number }: Update): void {
    const { relativeStep, scaleParameter, beta1, decayPower, clipThreshold, epsilon2, weightDecay, decays } = this.options
    const scaled = this.#scaled(variable, gradient, tf.pow(number, -decayPower))
    const clipped = clipThreshold === 0 ? scaled : tf.div(scaled, tf.maximum(1, tf.div(rms(scaled), clipThreshold)))
    const relative = relativeStep ? tf.minimum(rate, tf.rsqrt(number)) : rate
    const size = scaleParameter ? tf.mul(relative, tf.maximum(rms(variable), epsilon2)) : relative
    const step = tf.mul(clipped, size)
    const kept = weightDecay !== 0 && decays(variable.name) ? tf.mul(variable, tf.sub(1, tf.mul(rate, weightDecay))) : variable
    variable.assign(tf.sub(kept, beta1 === 0 ? step : this.#averaged(variable, step, beta1)))
  }

  #averaged(variable: tf.Variable, step: tf.Tensor, beta1: number): tf.Tensor {
    const m = this.slot(variable, "m")
    const next = movingAverage(m, step, beta1)
    m.assign(next)
    return next
  }
}

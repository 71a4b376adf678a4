/**
 * RMSProp, plain and centered.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { type LearningRate, optionsFor } from "./Rate.ts"
import { checkRange, movingAverage, SlotOptimizer, type Update } from "./SlotOptimizer.ts"

/** @category models @since 0.1.0 */
export interface RmsPropOptions {
  readonly learningRate: LearningRate
  /** Of the averages. Default 0.9. */
  readonly decay?: number
  /** Default 0: no slot. */
  readonly momentum?: number
  /** Under the root. Default 1e-7. */
  readonly epsilon?: number
  /** Whether the square of the mean gradient is taken off the mean square. Default false. */
  readonly centered?: boolean
}

/**
 * RMSProp (Tieleman and Hinton, Neural Networks for Machine Learning, lecture 6.5, 2012; centered: Graves, 2013), in the form of
 * TensorFlow's `RMSPropOptimizer`: `s' = ρ s + (1 - ρ) g²`, `c' = ρ c + (1 - ρ) g` if centered, else 0,
 * `b' = μ b + η g / sqrt(s' - c'² + ε)`, `w' = w - b'`. Averages start from 0. It is here because the centered form of
 * `tf.train.rmsprop` takes `ε` off under the root instead of adding it: NaN wherever a gradient stays 0. Slots as TensorFlow's:
 * `<variable>/RMSProp/rms`, `/momentum`, `/mg`; `RMSProp/iteration`. `InvalidSpec` for options out of range.
 *
 * @category optimizers
 * @since 0.1.0
 */
export class RMSProp extends SlotOptimizer {
  static readonly className = "RMSProp"
  readonly options: Required<RmsPropOptions>

  constructor(options: RmsPropOptions) {
    super(optionsFor("RMSProp", options).learningRate)
    this.options = { decay: 0.9, momentum: 0, epsilon: 1e-7, centered: false, ...options }
    const { decay, momentum, epsilon } = this.options
    checkRange("RMSProp", { decay, momentum }, 0, 1)
    checkRange("RMSProp", { epsilon }, 0, Infinity)
  }

  protected override update(variable: tf.Variable, gradient: tf.Tensor, { rate }: Update): void {
    const { momentum, epsilon } = this.options
    const squares = this.#follow(variable, "rms", tf.square(gradient))
    const spread = this.options.centered ? tf.sub(squares, tf.square(this.#follow(variable, "mg", gradient))) : squares
    const step = tf.mul(tf.mul(gradient, rate), tf.rsqrt(tf.add(spread, epsilon)))
    if (momentum === 0) return void variable.assign(tf.sub(variable, step))
    const slot = this.slot(variable, "momentum")
    const next = tf.add(tf.mul(slot, momentum), step)
    slot.assign(next)
    variable.assign(tf.sub(variable, next))
  }

  /** Moves the average of this name on, and gives it. */
  #follow(variable: tf.Variable, kind: string, x: tf.Tensor): tf.Tensor {
    const slot = this.slot(variable, kind)
    const next = movingAverage(slot, x, this.options.decay)
    slot.assign(next)
    return next
  }
}

/**
 * Lion: the sign of a momentum.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { type LearningRate, optionsFor } from "./Rate.ts"
import { checkRange, movingAverage, SlotOptimizer, type Update } from "./SlotOptimizer.ts"

/** @category models @since 0.1.0 */
export interface LionOptions {
  readonly learningRate: LearningRate
  /** Of the direction. Default 0.9. */
  readonly beta1?: number
  /** Of the momentum. Default 0.99. */
  readonly beta2?: number
  /** Part of a variable that goes in each update, times the learning rate. Default 0. */
  readonly weightDecay?: number
  /** Which variables decay, by name. Default: all. */
  readonly decays?: (variable: string) => boolean
}

/**
 * Lion (Chen et al., Symbolic Discovery of Optimization Algorithms, 2023): `w' = w - η (sign(β1 m + (1 - β1) g) + λ w)`,
 * `m' = β2 m + (1 - β2) g`. No bias correction, as in the paper. Slot: `<variable>/Lion/m`; `Lion/iteration`. `InvalidSpec`
 * for betas outside [0, 1) or a negative λ.
 *
 * @category optimizers
 * @since 0.1.0
 */
export class Lion extends SlotOptimizer {
  static readonly className = "Lion"
  readonly options: Required<LionOptions>

  constructor(options: LionOptions) {
    super(optionsFor("Lion", options).learningRate)
    this.options = { beta1: 0.9, beta2: 0.99, weightDecay: 0, decays: () => true, ...options }
    const { beta1, beta2, weightDecay } = this.options
    checkRange("Lion", { beta1, beta2 }, 0, 1)
    checkRange("Lion", { weightDecay }, 0, Infinity)
  }

  protected override update(variable: tf.Variable, gradient: tf.Tensor, { rate }: Update): void {
    const { beta1, beta2, weightDecay, decays } = this.options
    const m = this.slot(variable, "m")
    const sign = tf.sign(movingAverage(m, gradient, beta1))
    const direction = weightDecay !== 0 && decays(variable.name) ? tf.add(sign, tf.mul(variable, weightDecay)) : sign
    m.assign(movingAverage(m, gradient, beta2))
    variable.assign(tf.sub(variable, tf.mul(direction, rate)))
  }
}

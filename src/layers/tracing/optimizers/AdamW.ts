/**
 * Adam, with decoupled weight decay.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { type LearningRate, optionsFor } from "./Rate.ts"
import { biasCorrection, checkRange, movingAverage, SlotOptimizer, type Update } from "./SlotOptimizer.ts"

/** @category models @since 0.1.0 */
export interface AdamWOptions {
  readonly learningRate: LearningRate
  /** Default 0.9. */
  readonly beta1?: number
  /** Default 0.999. */
  readonly beta2?: number
  /** Added to the root of the corrected second moment. Default 1e-8. */
  readonly epsilon?: number
  /** Part of a variable that goes in each update, times the learning rate. Default 0.01; 0 is plain Adam. */
  readonly weightDecay?: number
  /** Which variables decay, by name. Default: all. */
  readonly decays?: (variable: string) => boolean
}

/**
 * AdamW (Loshchilov and Hutter, Decoupled Weight Decay Regularization, 2019; Adam: Kingma and Ba, 2015), by PyTorch's
 * conventions: with `m' = β1 m + (1 - β1) g`, `v' = β2 v + (1 - β2) g²` and `n` the update's number from 1,
 * `w' = (1 - η λ) w - η (m' / (1 - β1ⁿ)) / (sqrt(v' / (1 - β2ⁿ)) + ε)`. The decay is of the variable before the update, and is
 * scaled by the learning rate. Slots as TensorFlow's Adam: `<variable>/AdamW/m` and `/v`; `AdamW/iteration`.
 * `InvalidSpec` for betas outside [0, 1) or a negative ε or λ.
 *
 * @category optimizers
 * @since 0.1.0
 */
export class AdamW extends SlotOptimizer {
  static readonly className = "AdamW"
  readonly options: Required<AdamWOptions>

  constructor(options: AdamWOptions) {
    super(optionsFor("AdamW", options).learningRate)
    this.options = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01, decays: () => true, ...options }
    const { beta1, beta2, epsilon, weightDecay } = this.options
    checkRange("AdamW", { beta1, beta2 }, 0, 1)
    checkRange("AdamW", { epsilon, weightDecay }, 0, Infinity)
  }

  protected override update(variable: tf.Variable, gradient: tf.Tensor, { rate, number }: Update): void {
    const { beta1, beta2, epsilon, weightDecay, decays } = this.options
    const [m, v] = [this.slot(variable, "m"), this.slot(variable, "v")]
    const mNext = movingAverage(m, gradient, beta1)
    const vNext = movingAverage(v, tf.square(gradient), beta2)
    const root = tf.add(tf.mul(tf.sqrt(vNext), tf.rsqrt(biasCorrection(beta2, number))), epsilon)
    const change = tf.div(tf.mul(mNext, tf.div(rate, biasCorrection(beta1, number))), root)
    const kept = weightDecay !== 0 && decays(variable.name) ? tf.mul(variable, tf.sub(1, tf.mul(rate, weightDecay))) : variable
    m.assign(mNext)
    v.assign(vNext)
    variable.assign(tf.sub(kept, change))
  }
}

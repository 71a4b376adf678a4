/**
 * LAMB: Adam's direction, at a length that follows the variable's.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { type LearningRate, optionsFor } from "./Rate.ts"
import { biasCorrection, checkRange, movingAverage, SlotOptimizer, type Update } from "./SlotOptimizer.ts"

/** @category models @since 0.1.0 */
export interface LambOptions {
  readonly learningRate: LearningRate
  /** Default 0.9. */
  readonly beta1?: number
  /** Default 0.999. */
  readonly beta2?: number
  /** Added to the root of the corrected second moment. Default 1e-6. */
  readonly epsilon?: number
  /** Part of a variable that is added to its direction. Default 0. */
  readonly weightDecay?: number
  /** Which variables decay, by name. Default: all. */
  readonly decays?: (variable: string) => boolean
  /** Which variables' norms scale their updates, by name. Default: all. */
  readonly adapts?: (variable: string) => boolean
}

const norm = (x: tf.Tensor): tf.Scalar => tf.sqrt(tf.sum(tf.square(x)))

/** `|w| / |u|`, 1 where either is zero. */
const trustRatio = (variable: tf.Tensor, direction: tf.Tensor): tf.Tensor => {
  const [w, u] = [norm(variable), norm(direction)]
  const usable = tf.logicalAnd(tf.greater(w, 0), tf.greater(u, 0))
  return tf.where(usable, tf.divNoNan(w, u), tf.scalar(1))
}

/**
 * LAMB (You et al., Large Batch Optimization for Deep Learning, 2020), by optax's conventions: `u = m̂ / (sqrt(v̂) + ε) + λ w` with
 * Adam's corrected moments, then `w' = w - η (|w| / |u|) u`, the ratio of 2-norms being 1 where either is zero. Slots:
 * `<variable>/LAMB/m` and `/v`; `LAMB/iteration`. `InvalidSpec` for betas outside [0, 1) or a negative ε or λ.
 *
 * @category optimizers
 * @since 0.1.0
 */
export class LAMB extends SlotOptimizer {
  static readonly className = "LAMB"
  readonly options: Required<LambOptions>

  constructor(options: LambOptions) {
    super(optionsFor("LAMB", options).learningRate)
    this.options = { beta1: 0.9, beta2: 0.999, epsilon: 1e-6, weightDecay: 0, decays: () => true, adapts: () => true, ...options }
    const { beta1, beta2, epsilon, weightDecay } = this.options
    checkRange("LAMB", { beta1, beta2 }, 0, 1)
    checkRange("LAMB", { epsilon, weightDecay }, 0, Infinity)
  }

  protected override update(variable: tf.Variable, gradient: tf.Tensor, { rate, number }: Update): void {
    const { beta1, beta2, epsilon, weightDecay, decays, adapts } = this.options
    const [m, v] = [this.slot(variable, "m"), this.slot(variable, "v")]
    const mNext = movingAverage(m, gradient, beta1)
    const vNext = movingAverage(v, tf.square(gradient), beta2)
    const root = tf.add(tf.mul(tf.sqrt(vNext), tf.rsqrt(biasCorrection(beta2, number))), epsilon)
    const adam = tf.div(tf.div(mNext, biasCorrection(beta1, number)), root)
    const direction = weightDecay !== 0 && decays(variable.name) ? tf.add(adam, tf.mul(variable, weightDecay)) : adam
    const length = adapts(variable.name) ? tf.mul(rate, trustRatio(variable, direction)) : rate
    m.assign(mNext)
    v.assign(vNext)
    variable.assign(tf.sub(variable, tf.mul(direction, length)))
  }
}

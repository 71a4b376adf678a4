/**
 * Gradient descent with momentum and decoupled weight decay.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { failure } from "../failures.ts"
import { type LearningRate, optionsFor } from "./Rate.ts"
import { checkRange, SlotOptimizer, type Update } from "./SlotOptimizer.ts"

/** @category models @since 0.1.0 */
export interface SgdOptions {
  readonly learningRate: LearningRate
  /** Default 0: no slot. */
  readonly momentum?: number
  /** Nesterov's momentum; takes a `momentum` above 0. Default false. */
  readonly nesterov?: boolean
  /** Part of a variable that goes in each update, times the learning rate. Default 0. */
  readonly weightDecay?: number
  /** Which variables decay, by name. Default: all. */
  readonly decays?: (variable: string) => boolean
}

/**
 * Stochastic gradient descent (momentum: Sutskever et al., 2013, in the form of PyTorch and of TensorFlow's
 * `MomentumOptimizer`; decay: SGDW of Loshchilov and Hutter, 2019): `b' = μ b + g`, `u = b'`, or `g + μ b'` with
 * Nesterov's, and `w' = (1 - η λ) w - η u`. The learning rate is not part of the momentum: changing it acts at once. Slot:
 * `<variable>/SGD/momentum`; `SGD/iteration`. `InvalidSpec` for a momentum outside [0, 1), Nesterov's
 * without one, or a negative λ.
 *
 * @category optimizers
 * @since 0.1.0
 */
export class SGD extends SlotOptimizer {
  static readonly className = "SGD"
  readonly options: Required<SgdOptions>

  constructor(options: SgdOptions) {
    super(optionsFor("SGD", options).learningRate)
    this.options = { momentum: 0, nesterov: false, weightDecay: 0, decays: () => true, ...options }
    const { momentum, nesterov, weightDecay } = this.options
    checkRange("SGD", { momentum }, 0, 1)
    checkRange("SGD", { weightDecay }, 0, Infinity)
    if (nesterov && momentum === 0) {
      const detail =
        "SGD with nesterov takes a momentum above 0, such as 0.9: without one there is nothing to look ahead along. Give momentum, or leave nesterov out"
      throw failure("InvalidSpec", detail, { op: "SGD" })
    }
  }

  #direction(variable: tf.Variable, gradient: tf.Tensor): tf.Tensor {
    const { momentum, nesterov } = this.options
    if (momentum === 0) return gradient
    const slot = this.slot(variable, "momentum")
    const next = tf.add(tf.mul(slot, momentum), gradient)
    slot.assign(next)
    return nesterov ? tf.add(gradient, tf.mul(next, momentum)) : next
  }

  protected override update(variable: tf.Variable, gradient: tf.Tensor, { rate }: Update): void {
    const { weightDecay, decays } = this.options
    const change = tf.mul(this.#direction(variable, gradient), rate)
    const kept = weightDecay !== 0 && decays(variable.name) ? tf.mul(variable, tf.sub(1, tf.mul(rate, weightDecay))) : variable
    variable.assign(tf.sub(kept, change))
  }
}

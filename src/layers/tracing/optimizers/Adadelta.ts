/**
 * Adadelta: steps in the units of the variables.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { type LearningRate, optionsFor } from "./Rate.ts"
import { checkRange, movingAverage, SlotOptimizer, type Update } from "./SlotOptimizer.ts"

/** @category models @since 0.1.0 */
export interface AdadeltaOptions {
  /** Default 1, the paper's. */
  readonly learningRate?: LearningRate
  /** Decay of both averages. Default 0.95. */
  readonly rho?: number
  /** Under both roots. Default 1e-6. */
  readonly epsilon?: number
}

/**
 * Adadelta (Zeiler, ADADELTA: An Adaptive Learning Rate Method, 2012, algorithm 1; as TensorFlow and PyTorch): `a' = ρ a + (1 - ρ) g²`,
 * `u = g sqrt(d + ε) / sqrt(a' + ε)`, `d' = ρ d + (1 - ρ) u²`, `w' = w - η u`. It is here because `tf.train.adadelta` divides
 * by the root of the old `a`, so that its first steps are far larger. Slots as TensorFlow's:
 * `<variable>/Adadelta/accum_grad` and `/accum_var`; `Adadelta/iteration`. `InvalidSpec` for ρ outside [0, 1) or a negative ε.
 *
 * @category optimizers
 * @since 0.1.0
 */
export class Adadelta extends SlotOptimizer {
  static readonly className = "Adadelta"
  readonly options: Required<AdadeltaOptions>

  constructor(options: AdadeltaOptions = {}) {
    super(optionsFor("Adadelta", options).learningRate ?? 1)
    this.options = { learningRate: 1, rho: 0.95, epsilon: 1e-6, ...options }
    checkRange("Adadelta", { rho: this.options.rho }, 0, 1)
    checkRange("Adadelta", { epsilon: this.options.epsilon }, 0, Infinity)
  }

  protected override update(variable: tf.Variable, gradient: tf.Tensor, { rate }: Update): void {
    const { rho, epsilon } = this.options
    const [squares, changes] = [this.slot(variable, "accum_grad"), this.slot(variable, "accum_var")]
    const squaresNext = movingAverage(squares, tf.square(gradient), rho)
    const change = tf.mul(gradient, tf.div(tf.sqrt(tf.add(changes, epsilon)), tf.sqrt(tf.add(squaresNext, epsilon))))
    squares.assign(squaresNext)
    changes.assign(movingAverage(changes, tf.square(change), rho))
    variable.assign(tf.sub(variable, tf.mul(change, rate)))
  }
}

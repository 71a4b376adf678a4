/**
 * Gradients changed on their way to an optimizer.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import type { GradientTransform } from "./Clip.ts"
import { type GivenGradients, gradientsOf } from "./SlotOptimizer.ts"
import { Wrapper } from "./Wrapper.ts"

class WithTransform extends Wrapper {
  static readonly className = "Transform"
  readonly #transform: GradientTransform

  constructor(inner: tf.Optimizer, transform: GradientTransform) {
    super(inner)
    this.#transform = transform
  }

  override applyGradients(given: GivenGradients): void {
    tf.tidy(() => this.forward({ ...this.#transform(Object.fromEntries(gradientsOf(given))) }))
    this.incrementIterations()
  }
}

/**
 * An optimizer that is given transformed gradients: `withTransform(optimizer, Clip.byGlobalNorm(1))`. Within `accumulate` the
 * transform sees the accumulated gradients, around it those of each step.
 *
 * @category combinators
 * @since 0.1.0
 */
export const withTransform = (optimizer: tf.Optimizer, transform: GradientTransform): tf.Optimizer => new WithTransform(optimizer, transform)

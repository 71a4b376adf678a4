/**
 * Optimizers around another optimizer.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { current } from "../Recording.ts"
import type { GivenGradients } from "./SlotOptimizer.ts"

/** Passes everything on; the wrapped optimizer's slots keep their names. */
export abstract class Wrapper extends tf.Optimizer {
  readonly inner: tf.Optimizer

  constructor(inner: tf.Optimizer) {
    super()
    this.inner = inner
  }

  /** Lets the wrapped optimizer take a step. */
  protected forward(gradients: { [variable: string]: tf.Tensor }): void {
    current()?.optimizers.add(this.inner) // so that its slots get their names
    this.inner.applyGradients(gradients)
  }

  abstract override applyGradients(given: GivenGradients): void

  override dispose(): void {
    this.inner.dispose()
  }

  override getConfig(): { optimizer: string } {
    return { optimizer: this.inner.getClassName() }
  }
}

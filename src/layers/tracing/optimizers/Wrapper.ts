/**
 * Optimizers around another optimizer.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { failure } from "../failures.ts"
import { current } from "../Recording.ts"
import type { GivenGradients } from "./SlotOptimizer.ts"

/** The optimizer given; `InvalidSpec` for anything else, which callers without types may give. */
export const optimizerFor = (owner: string, given: tf.Optimizer): tf.Optimizer => {
  const value: unknown = given
  // by what it can do: a class of another copy of tfjs does as well
  if (typeof value === "object" && value !== null && typeof Reflect.get(value, "applyGradients") === "function") return given
  const got =
    value instanceof Function
      ? `the function ${value.name}`
      : typeof value === "object" && value !== null
        ? "an object without applyGradients"
        : String(value)
  throw failure("InvalidSpec", `${owner} takes an optimizer of TensorFlow.js or of Optimizers, such as tf.train.adam(0.001), and got ${got}`, {
    op: owner
  })
}

/** Passes everything on; the wrapped optimizer's slots keep their names. */
export abstract class Wrapper extends tf.Optimizer {
  readonly inner: tf.Optimizer

  constructor(inner: tf.Optimizer) {
    super()
    this.inner = optimizerFor(this.getClassName(), inner)
  }

  /** What the loss is multiplied by before it is differentiated, where a wrapper of the chain scales it: float32 scalar. */
  get lossScale(): tf.Variable | undefined {
    return this.inner instanceof Wrapper ? this.inner.lossScale : undefined
  }

  /** tfjs's `minimize` without `CrossReplicaOptimizer` comes here: the loss that is differentiated is scaled as there. */
  override computeGradients(f: () => tf.Scalar, variables?: Array<tf.Variable>): { value: tf.Scalar; grads: tf.NamedTensorMap } {
    const scale = this.lossScale
    if (scale === undefined) return super.computeGradients(f, variables)
    const { value, grads } = super.computeGradients(() => tf.mul(f(), scale), variables)
    const unscaled = Object.fromEntries(Object.entries(grads).map(([name, gradient]) => [name, tf.div(gradient, scale)]))
    return { value: tf.div(value, scale), grads: unscaled }
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

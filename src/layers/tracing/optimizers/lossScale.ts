/**
 * Dynamic loss scaling, for products in float16: small gradients would be 0 in it.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { failure } from "../failures.ts"
import { current } from "../Recording.ts"
import { recordWhere } from "./recordWhere.ts"
import { type GivenGradients, gradientsOf, makeCount, oneMore } from "./SlotOptimizer.ts"
import { Wrapper } from "./Wrapper.ts"

/** @category models @since 0.1.0 */
export interface LossScaleOptions {
  /** Of the loss at first. Default 32768. */
  readonly initial?: number
  /** Steps with finite gradients after which the scale is doubled. Default 2000. */
  readonly growthSteps?: number
}

/** Also halves and doubles what `scale` holds; a power of two changes no digit of a gradient. */
export class LossScale extends Wrapper {
  static readonly className = "LossScale"
  /** float32. */
  readonly scale: tf.Variable
  /** Steps since the scale was changed, int32. */
  readonly steps = makeCount()
  readonly #growthSteps: number

  constructor(inner: tf.Optimizer, initial: number, growthSteps: number) {
    super(inner)
    this.scale = tf.tidy(() => tf.variable(tf.scalar(initial), false))
    this.#growthSteps = growthSteps
  }

  override get lossScale(): tf.Variable {
    return this.scale
  }

  override applyGradients(given: GivenGradients): void {
    tf.tidy(() => {
      const named = gradientsOf(given)
      const finite = named.map(([, gradient]) => tf.all(tf.isFinite(gradient))).reduce((all, one) => tf.logicalAnd(all, one), tf.scalar(true, "bool"))
      const forward = () => this.forward(Object.fromEntries(named))
      const recording = current()
      if (recording !== undefined) recordWhere(recording, finite, forward)
      else if (finite.dataSync()[0] === 1) forward()
      const next = oneMore(this.steps)
      const grows = tf.logicalAnd(finite, tf.greaterEqual(next, tf.scalar(this.#growthSteps, "int32")))
      const zero = tf.scalar(0, "int32")
      this.steps.assign(tf.where(tf.logicalAnd(finite, tf.logicalNot(grows)), next, zero))
      // neither 0, from which it would not come back, nor infinite
      const doubled = tf.minimum(tf.mul(this.scale, 2), 2 ** 127)
      const halved = tf.maximum(tf.div(this.scale, 2), 2 ** -126)
      this.scale.assign(tf.where(grows, doubled, tf.where(finite, this.scale, halved)))
    })
    this.incrementIterations()
  }

  override dispose(): void {
    super.dispose()
    this.scale.dispose()
    this.steps.dispose()
  }
}

/**
 * An optimizer for `precision: "mixed_float16"`: `minimize` (of `CrossReplicaOptimizer`, too) multiplies the loss by a scale before it
 * differentiates, and divides the gradients by it afterwards. Where a gradient is not finite on any replica, the step changes
 * nothing but the scale, which is halved; after `growthSteps` steps without such it is doubled. State: `LossScale/scale`,
 * `LossScale/steps`. After Micikevicius et al., Mixed Precision Training (2018), and Keras's `LossScaleOptimizer`, whose
 * defaults it has. `InvalidSpec` for an `initial` that is not positive or `growthSteps` that are no positive whole number.
 *
 * @category combinators
 * @since 0.1.0
 */
export const lossScale = (optimizer: tf.Optimizer, { growthSteps = 2000, initial = 2 ** 15 }: LossScaleOptions = {}): tf.Optimizer => {
  if (!(initial > 0 && Number.isFinite(initial)) || !(Number.isInteger(growthSteps) && growthSteps > 0)) {
    const detail = `lossScale takes a positive initial scale and a positive whole number of growthSteps, and got ${initial} and ${growthSteps}`
    throw failure("InvalidSpec", detail, { op: "lossScale" })
  }
  return new LossScale(optimizer, initial, growthSteps)
}

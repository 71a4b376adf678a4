/**
 * A learning rate that depends on the step, for optimizers that take a number only.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { type LearningRate, rateAt } from "./Rate.ts"
import { type GivenGradients, gradientsOf, makeCount, oneMore, variableNamed } from "./SlotOptimizer.ts"
import { Wrapper } from "./Wrapper.ts"

class WithSchedule extends Wrapper {
  static readonly className = "Schedule"
  readonly iteration = makeCount()
  readonly #rate: LearningRate

  constructor(inner: tf.Optimizer, rate: LearningRate) {
    super(inner)
    this.#rate = rate
  }

  override applyGradients(given: GivenGradients): void {
    tf.tidy(() => {
      const gradients = gradientsOf(given)
      const rate = rateAt(this.#rate, this.iteration)
      const before = gradients.map(([name]) => tf.clone(variableNamed(name)))
      this.forward(Object.fromEntries(gradients))
      gradients.forEach(([name], i) => {
        const variable = variableNamed(name)
        variable.assign(tf.add(before[i]!, tf.mul(tf.sub(variable, before[i]!), rate)))
      })
      this.iteration.assign(oneMore(this.iteration))
    })
    this.incrementIterations()
  }

  override dispose(): void {
    super.dispose()
    this.iteration.dispose()
  }
}

/**
 * An optimizer whose changes of the variables are multiplied by a schedule (or any rate of the step). Give the wrapped one the
 * rate 1: `withSchedule(tf.train.adam(1), Schedules.cosine(…))`. For all seven of tfjs this is their own formula with the
 * schedule as its rate; RMSProp with momentum then has the rate outside of its momentum, as PyTorch's has. The schedule
 * counts this optimizer's updates, in the state as `Schedule/iteration`; slots keep their names.
 *
 * @category combinators
 * @since 0.1.0
 */
export const withSchedule = (optimizer: tf.Optimizer, rate: LearningRate): tf.Optimizer => new WithSchedule(optimizer, rate)

/**
 * Gradients of several steps for one update.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { failure } from "../failures.ts"
import { current, type Recording } from "../Recording.ts"
import { batchWeight } from "./batchWeight.ts"
import { recordWhere } from "./recordWhere.ts"
import { type GivenGradients, gradientsOf, makeCount, oneMore, type Slot, Slots } from "./SlotOptimizer.ts"
import { Wrapper } from "./Wrapper.ts"

type Named = ReadonlyArray<readonly [name: string, value: tf.Tensor]>

class Accumulate extends Wrapper {
  static readonly className = "Accumulate"
  /** Steps since the last update, int32. */
  readonly count = makeCount()
  /** Of the gradients added up so far; made when the first weighted ones come. */
  weight: tf.Variable | undefined
  readonly slots: ReadonlyArray<Slot>
  readonly #slots = new Slots()
  readonly #every: number
  #taken = 0

  constructor(inner: tf.Optimizer, every: number) {
    super(inner)
    this.slots = this.#slots.all
    this.#every = every
  }

  override applyGradients(given: GivenGradients): void {
    tf.tidy(() => {
      const weight = batchWeight()
      const sums = gradientsOf(given).map(([name, gradient]): [string, tf.Tensor] => {
        const weighted = weight === undefined ? gradient : tf.mul(gradient, weight)
        return [name, tf.add(this.#slots.get(name, "gradient", gradient.shape), weighted)]
      })
      const total = this.#addedWeight(weight)
      const means = Object.fromEntries(sums.map(([name, sum]) => [name, total === undefined ? tf.div(sum, this.#every) : tf.divNoNan(sum, total)]))
      const recording = current()
      if (recording === undefined) this.#applyNow(sums, total, means)
      else this.#record(recording, sums, total, means)
    })
    this.incrementIterations()
  }

  #addedWeight(weight: tf.Scalar | undefined): tf.Tensor | undefined {
    if (weight === undefined) return undefined
    this.weight ??= tf.variable(tf.scalar(0), false)
    return tf.add(this.weight, weight)
  }

  #keep(sums: Named, total: tf.Tensor | undefined, count: tf.Tensor, kept: (x: tf.Tensor) => tf.Tensor): void {
    for (const [name, sum] of sums) this.#slots.get(name, "gradient", sum.shape).assign(kept(sum))
    if (total !== undefined) this.weight!.assign(kept(total)) // made with it
    this.count.assign(count)
  }

  #record(recording: Recording, sums: Named, total: tf.Tensor | undefined, means: { [variable: string]: tf.Tensor }): void {
    const next = oneMore(this.count)
    const due = tf.equal(next, tf.scalar(this.#every, "int32"))
    recordWhere(recording, due, () => this.forward(means))
    this.#keep(sums, total, tf.where(due, tf.scalar(0, "int32"), next), (x) => tf.where(due, tf.zerosLike(x), x))
  }

  /** Eager runs need no choice in the graph: the host counts along. */
  #applyNow(sums: Named, total: tf.Tensor | undefined, means: { [variable: string]: tf.Tensor }): void {
    this.#taken = (this.#taken + 1) % this.#every
    const due = this.#taken === 0
    if (due) this.forward(means)
    this.#keep(sums, total, tf.scalar(this.#taken, "int32"), due ? tf.zerosLike : (x) => x)
  }

  override dispose(): void {
    super.dispose()
    this.count.dispose()
    this.weight?.dispose()
    for (const { variable } of this.slots) variable.dispose()
  }
}

/**
 * An optimizer that takes a step with every `steps`-th gradients, with the mean of those since the last: the same as one
 * batch of all their rows, for a loss that is a mean over rows. For a mean that weighs its rows (by tokens, say) give the
 * weights' sum to `CrossReplicaOptimizer` as `weight`: then it is the sum of weighted gradients over the sum of weights.
 * In between, variables, slots, counts and schedules of the wrapped optimizer stand still. The steps still count in
 * `globalStep`. State: `<variable>/Accumulate/gradient`, `Accumulate/count`, `Accumulate/weight`. `InvalidSpec` unless `steps` is
 * a positive whole number.
 *
 * @category combinators
 * @since 0.1.0
 */
export const accumulate = (optimizer: tf.Optimizer, steps: number): tf.Optimizer => {
  if (!(Number.isInteger(steps) && steps > 0)) {
    throw failure("InvalidSpec", `accumulate takes a positive whole number of steps, and got ${steps}`, { op: "accumulate" })
  }
  return new Accumulate(optimizer, steps)
}

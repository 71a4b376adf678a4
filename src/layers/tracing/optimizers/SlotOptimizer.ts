/**
 * What the package's own optimizers share: slots by variable name, a count of updates, one learning rate an update.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { failure } from "../failures.ts"
import { checkRate, type LearningRate, rateAt, rateConfig } from "./Rate.ts"

/** Gradients as tfjs gives them to `applyGradients`. */
export type GivenGradients = Parameters<tf.Optimizer["applyGradients"]>[0]

/** By variable name, those that are there. */
export const gradientsOf = (given: GivenGradients): ReadonlyArray<readonly [name: string, gradient: tf.Tensor]> => {
  const all: ReadonlyArray<readonly [string, tf.Tensor | null | undefined]> = Array.isArray(given)
    ? given.map(({ name, tensor }) => [name, tensor] as const)
    : Object.entries(given)
  return all.flatMap(([name, gradient]) => (gradient === null || gradient === undefined ? [] : [[name, gradient] as const]))
}

/** The variable of this name; `InvalidSpec` if there is none. */
export const variableNamed = (name: string): tf.Variable => {
  const variable = tf.engine().state.registeredVariables[name]
  if (variable !== undefined) return variable
  throw failure("InvalidSpec", `there is a gradient for "${name}", but no variable of this name: gradients go by the names of variables`, {
    op: "applyGradients"
  })
}

/** State of an optimizer for one variable; the tracer names it `<variable>/<optimizer>/<slot>`. */
export interface Slot {
  /** `<variable>/<slot>`, as tfjs's own optimizers have it. */
  readonly originalName: string
  readonly variable: tf.Variable
}

/** Slots, each made when it is first asked for. */
export class Slots {
  readonly all: Array<Slot> = []
  readonly #byName = new Map<string, tf.Variable>()

  /** Starts from zeros. */
  readonly get = (name: string, kind: string, shape: ReadonlyArray<number>): tf.Variable => {
    const originalName = `${name}/${kind}`
    const before = this.#byName.get(originalName)
    if (before !== undefined) return before
    const variable = tf.variable(tf.zeros([...shape]), false)
    this.#byName.set(originalName, variable)
    this.all.push({ originalName, variable })
    return variable
  }
}

/** A count of updates, int32, from 0. */
export const makeCount = (): tf.Variable => tf.tidy(() => tf.variable(tf.scalar(0, "int32"), false))

export const oneMore = (count: tf.Tensor): tf.Tensor => tf.add(count, tf.scalar(1, "int32"))

/** One update of all variables. */
export interface Update {
  readonly rate: tf.Scalar
  /** This update's number, from 1, float32. */
  readonly number: tf.Scalar
}

/**
 * `1 - beta^n`, the divisor of Adam's bias correction (Kingma and Ba, 2015), by `expm1` of a logarithm taken in double
 * precision: float32's `1 - 0.999` is off by 1e-5 of itself.
 */
export const biasCorrection = (beta: number, n: tf.Scalar): tf.Scalar => tf.neg(tf.expm1(tf.mul(n, Math.log(beta))))

/** `decay * average + (1 - decay) * x`. */
export const movingAverage = (average: tf.Tensor, x: tf.Tensor, decay: number): tf.Tensor => tf.add(tf.mul(average, decay), tf.mul(x, 1 - decay))

/** Refuses options out of `[low, high)`; `InvalidSpec`. */
export const checkRange = (optimizer: string, options: { readonly [name: string]: number }, low: number, high: number): void => {
  for (const [name, value] of Object.entries(options)) {
    if (value >= low && value < high) continue
    const range = high === Infinity ? `at least ${low}` : `at least ${low} and less than ${high}`
    throw failure("InvalidSpec", `${optimizer} takes a ${name} of ${range}, and got ${value}`, { op: optimizer })
  }
}

/** Refuses options that are not above 0, or not finite; `InvalidSpec`. */
export const checkPositive = (owner: string, options: { readonly [name: string]: number }): void => {
  for (const [name, value] of Object.entries(options)) {
    if (value > 0 && value < Infinity) continue
    throw failure("InvalidSpec", `${owner} takes a positive ${name}, and got ${value}`, { op: owner })
  }
}

/**
 * Base of the package's optimizers. They are optimizers of tfjs: wrapped in `CrossReplicaOptimizer` they are recorded into
 * the step, and on any tfjs backend they run as they are. Gradients go by the names of variables, in any order.
 *
 * @category models
 * @since 0.1.0
 */
export abstract class SlotOptimizer extends tf.Optimizer {
  /** Updates so far: state, as the slots are. */
  readonly iteration = makeCount()
  readonly slots: ReadonlyArray<Slot>
  protected readonly learningRate: LearningRate
  readonly #slots = new Slots()

  /** `InvalidSpec` for a rate that is neither a number from 0 on, nor a schedule, nor a float32 scalar. */
  constructor(learningRate: LearningRate) {
    super()
    checkRate(this.getClassName(), learningRate)
    this.learningRate = learningRate
    this.slots = this.#slots.all
  }

  /** Assigns the variable its new value, and its slots theirs. */
  protected abstract update(variable: tf.Variable, gradient: tf.Tensor, update: Update): void

  /** The slot of this kind, zeros at first; default shape: the variable's. */
  protected slot(variable: tf.Variable, kind: string, shape: ReadonlyArray<number> = variable.shape): tf.Variable {
    return this.#slots.get(variable.name, kind, shape)
  }

  override applyGradients(given: GivenGradients): void {
    tf.tidy(() => {
      const next = oneMore(this.iteration)
      const update: Update = { rate: rateAt(this.learningRate, this.iteration), number: tf.cast(next, "float32") as tf.Scalar }
      for (const [name, gradient] of gradientsOf(given)) this.update(variableNamed(name), gradient, update)
      this.iteration.assign(next)
    })
    this.incrementIterations()
  }

  override dispose(): void {
    this.iteration.dispose()
    for (const { variable } of this.slots) variable.dispose()
  }

  /** Settings with plain values. */
  override getConfig(): { learningRate: number | string } {
    return { learningRate: rateConfig(this.learningRate) }
  }
}

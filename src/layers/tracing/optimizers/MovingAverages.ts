/**
 * Moving averages of weights, to evaluate with.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import type { VariableScope } from "../../../domain/Model.ts"
import type { Mode } from "../../../domain/Program.ts"
import { failure } from "../failures.ts"
import { current } from "../Recording.ts"
import { checkRange, type GivenGradients, gradientsOf, oneMore } from "./SlotOptimizer.ts"
import { Wrapper } from "./Wrapper.ts"

/** @category models @since 0.1.0 */
export interface MovingAveragesOptions {
  /** The model function's own, not one of its inner scopes. */
  readonly variables: VariableScope
  readonly mode: Mode
  /** In [0, 1), such as 0.999. */
  readonly decay: number
  /**
   * Makes the decay `min(decay, (1 + n) / (10 + n))`, so that early averages move faster: `n` is this tensor, such as
   * `globalStep`, or with `"own"` the number of updates of the averages. Default: always `decay`.
   */
  readonly numUpdates?: tf.Tensor | "own"
}

const suffix = "ExponentialMovingAverage"

/** The value that a variable had before the step, as the graph's first value is made of first values; now, in an eager run. */
const firstOf = (variable: tf.Variable): tf.Tensor => {
  const recording = current()
  const known = recording?.variableOf(variable)
  return recording === undefined || known === undefined ? tf.clone(variable) : recording.tensor(known.parameter, variable.name)
}

/**
 * `tf.train.ExponentialMovingAverage`: `average' = average - (1 - decay) (average - variable)`, from the variable's first value,
 * in the state as `<variable>/ExponentialMovingAverage`. Made inside the model function:
 *
 * - take variables from `averages.variables` in place of the input's `variables`. In train these are the variables
 *   themselves, and each gets an average; in evaluate and predict they are the averages;
 * - let the averages follow each update: `withAverages(optimizer, averages)`, or `averages.update()` after `minimize`;
 * - variables made otherwise (by `tf.layers`): `averages.update(list)` in train, `averages.swap(list, f)` to evaluate.
 *
 * `InvalidSpec` for a decay outside [0, 1) or a variable that is not float32.
 *
 * @category averages
 * @since 0.1.0
 */
export class MovingAverages {
  readonly variables: VariableScope
  readonly #options: MovingAveragesOptions
  readonly #followed = new Map<tf.Variable, tf.Variable>()

  constructor(options: MovingAveragesOptions) {
    checkRange("MovingAverages", { decay: options.decay }, 0, 1)
    this.#options = options
    this.variables = this.#scope(options.variables)
  }

  /** The average of a variable; made from its first value if there is none. */
  readonly averageOf = (variable: tf.Variable): tf.Variable => {
    const before = this.#followed.get(variable)
    if (before !== undefined) return before
    if (variable.dtype !== "float32") {
      throw failure(
        "InvalidSpec",
        `averages are of float32 variables, and "${variable.name}" is ${variable.dtype}. Take it from the input's own variables`,
        {
          op: "MovingAverages"
        }
      )
    }
    const average = this.#options.variables.get(`${variable.name}/${suffix}`, variable.shape, {
      initializer: () => firstOf(variable),
      trainable: false
    })
    this.#followed.set(variable, average)
    return average
  }

  /** Moves the averages of all variables taken from `variables`, or of these, towards them. */
  readonly update = (list?: ReadonlyArray<tf.Variable>): void => {
    const pairs = list === undefined ? [...this.#followed] : list.map((variable) => [variable, this.averageOf(variable)] as const)
    tf.tidy(() => {
      const part = this.#part()
      for (const [variable, average] of pairs) average.assign(tf.sub(average, tf.mul(tf.sub(average, variable), part)))
    })
  }

  /** Calls `f` with the averages as the values of these variables, which have their own again afterwards. */
  readonly swap = <A>(list: ReadonlyArray<tf.Variable>, f: () => A): A => {
    const own = list.map((variable) => tf.keep(tf.clone(variable)))
    tf.tidy(() => {
      for (const variable of list) variable.assign(tf.clone(this.averageOf(variable)))
    })
    try {
      return f()
    } finally {
      list.forEach((variable, i) => variable.assign(own[i]!))
      tf.dispose(own)
    }
  }

  /** `1 - decay`. */
  #part(): number | tf.Tensor {
    const { decay, numUpdates } = this.#options
    if (numUpdates === undefined) return 1 - decay
    // 1 - (1 + n) / (10 + n)
    return tf.maximum(tf.div(9, tf.add(10, tf.cast(numUpdates === "own" ? this.#countUp() : numUpdates, "float32"))), 1 - decay)
  }

  /** The number of updates before this one, counted on. */
  #countUp(): tf.Tensor {
    const initializer = () => tf.scalar(0, "int32")
    const count = this.#options.variables.get(`${suffix}/num_updates`, [], { dtype: "int32", trainable: false, initializer })
    const before = tf.clone(count)
    count.assign(oneMore(before))
    return before
  }

  #scope(scope: VariableScope): VariableScope {
    return {
      get: (name, shape, options) => {
        const variable = scope.get(name, shape, options)
        if (options?.trainable === false) return variable
        const average = this.averageOf(variable)
        return this.#options.mode === "train" ? variable : average
      },
      scope: (name) => this.#scope(scope.scope(name)),
      trainable: () => scope.trainable()
    }
  }
}

class WithAverages extends Wrapper {
  static readonly className = "Averages"
  readonly #averages: MovingAverages

  constructor(inner: tf.Optimizer, averages: MovingAverages) {
    super(inner)
    this.#averages = averages
  }

  override applyGradients(given: GivenGradients): void {
    this.forward(Object.fromEntries(gradientsOf(given)))
    this.#averages.update()
    this.incrementIterations()
  }
}

/**
 * An optimizer after each of whose updates the averages follow. Within `accumulate` they do so only when an update is made.
 *
 * @category combinators
 * @since 0.1.0
 */
export const withAverages = (optimizer: tf.Optimizer, averages: MovingAverages): tf.Optimizer => new WithAverages(optimizer, averages)

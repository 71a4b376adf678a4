/**
 * Makes any TensorFlow.js optimizer train on all replicas together. The original's `CrossShardOptimizer`.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { crossReplicaSum, replicaCount } from "./crossReplica.ts"
import { failure } from "./failures.ts"
import { registerGradients } from "./gradients.ts"
import { current } from "./Recording.ts"

/** Gradients by variable name. @category models @since 0.1.0 */
export type Gradients = { readonly [variable: string]: tf.Tensor }

/** What a loss function may return: the loss, or a record with it and whatever else should come out; the loss must be a scalar, which is checked when it is recorded. @category models @since 0.1.0 */
export type LossResult = tf.Tensor | { readonly loss: tf.Tensor }

/** @category models @since 0.1.0 */
export interface CrossReplicaOptions {
  /** `mean` (default): the gradient of the mean loss over replicas; `sum`: of the sum. */
  readonly reduction?: "mean" | "sum"
  /** Applied to the gradients after they have been added up over replicas, such as `(g) => clipByGlobalNorm(g, 1).gradients`. */
  readonly transform?: (gradients: Gradients) => Gradients
}

const lossOf = (result: LossResult): tf.Tensor => (result instanceof tf.Tensor ? result : result.loss)

/** Keeps what a tidy block would dispose of, so that everything `f` returned can be used afterwards. */
const keepAll = (value: unknown): void => {
  if (value instanceof tf.Tensor) void (value instanceof tf.Variable || tf.keep(value))
  else if (Array.isArray(value)) value.forEach(keepAll)
  else if (typeof value === "object" && value !== null) Object.values(value).forEach(keepAll)
}

const trainableNow = (): ReadonlyArray<tf.Variable> => Object.values(tf.engine().state.registeredVariables).filter((v) => v.trainable)

/**
 * Runs `f` and gives what it returned with the gradients of its loss on this replica, by variable name. Default
 * variables: all trainable ones, those included that `f` itself makes. Variables without a path to the loss are left out.
 *
 * @category gradients
 * @since 0.1.0
 */
export const valueAndGrads = <R extends LossResult>(
  f: () => R,
  variables?: ReadonlyArray<tf.Variable>
): { readonly value: R; readonly gradients: Gradients } => {
  registerGradients()
  let value: R | undefined
  // the engine looks at `xs` only after `f` has run, so that variables made in `f` can be added
  const xs: Array<tf.Tensor> = [tf.scalar(0)]
  const { grads } = tf.engine().gradients(
    () => {
      value = f()
      keepAll(value)
      xs.push(...(variables ?? trainableNow()))
      const loss = lossOf(value)
      if (!(loss instanceof tf.Tensor) || loss.rank !== 0) {
        throw failure("InvalidSpec", `the loss to minimize must be a scalar tensor; reduce it over the batch with tf.mean`, { op: "minimize" })
      }
      return loss as tf.Scalar // its rank is 0
    },
    xs,
    undefined,
    true
  )
  const gradients: Record<string, tf.Tensor> = {}
  xs.forEach((x, i) => {
    const gradient: tf.Tensor | null | undefined = grads[i]
    if (x instanceof tf.Variable && gradient !== null && gradient !== undefined) gradients[x.name] = gradient
  })
  if (Object.keys(gradients).length === 0) {
    throw failure(
      "MissingGradient",
      `the loss does not depend on any trainable variable. Make the variables and the operations on them part of the function given to minimize`,
      { op: "minimize" }
    )
  }
  return { value: value!, gradients } // `gradients` has called the function
}

/**
 * Scales all gradients by `maxNorm / max(globalNorm, maxNorm)`, where `globalNorm` is the 2-norm of all of them together
 * (TensorFlow's `clip_by_global_norm`).
 *
 * @category gradients
 * @since 0.1.0
 */
export const clipByGlobalNorm = (gradients: Gradients, maxNorm: number): { readonly gradients: Gradients; readonly globalNorm: tf.Scalar } => {
  const squares = Object.values(gradients).map((g) => tf.sum(tf.square(g)))
  const globalNorm = tf.sqrt<tf.Scalar>(tf.addN(squares) as tf.Scalar) // a sum of scalars
  const factor = tf.div(maxNorm, tf.maximum(globalNorm, maxNorm))
  return { gradients: Object.fromEntries(Object.entries(gradients).map(([name, g]) => [name, tf.mul(g, factor)])), globalNorm }
}

/**
 * Wraps an optimizer: gradients of `loss / replicas` are added up over replicas before they are applied, so that each
 * replica takes the same step. `computeGradients` gives the gradients of this replica alone and `applyGradients` adds
 * them up, as in the original; clip in between for the former, by `transform` for the latter. Make it, and the optimizer,
 * inside the model function. On an ordinary backend it is the optimizer itself.
 *
 * @category optimizers
 * @since 0.1.0
 */
export class CrossReplicaOptimizer {
  readonly optimizer: tf.Optimizer
  readonly #options: CrossReplicaOptions

  constructor(optimizer: tf.Optimizer, options: CrossReplicaOptions = {}) {
    this.optimizer = optimizer
    this.#options = options
  }

  /** Runs `f`, takes one step, and gives what `f` returned; `returnCost` is there for tfjs's signature and changes nothing. */
  readonly minimize = <R extends LossResult>(f: () => R, _returnCost?: boolean, variables?: ReadonlyArray<tf.Variable>): R => {
    const { value, gradients } = this.computeGradients(f, variables)
    this.applyGradients(gradients)
    return value
  }

  /** Gradients of this replica's share of the reduced loss. */
  readonly computeGradients = <R extends LossResult>(
    f: () => R,
    variables?: ReadonlyArray<tf.Variable>
  ): { readonly value: R; readonly gradients: Gradients } => {
    const { value, gradients } = valueAndGrads(f, variables)
    const replicas = replicaCount()
    if (replicas === 1 || this.#options.reduction === "sum") return { value, gradients }
    return { value, gradients: Object.fromEntries(Object.entries(gradients).map(([name, g]) => [name, tf.div(g, replicas)])) }
  }

  readonly applyGradients = (gradients: Gradients): void => {
    current()?.optimizers.add(this.optimizer)
    const summed: Gradients = Object.fromEntries(Object.entries(gradients).map(([name, g]) => [name, crossReplicaSum(g)]))
    this.optimizer.applyGradients({ ...(this.#options.transform?.(summed) ?? summed) })
  }
}

/** @category optimizers @since 0.1.0 */
export const crossReplicaOptimizer = (optimizer: tf.Optimizer, options?: CrossReplicaOptions): CrossReplicaOptimizer =>
  new CrossReplicaOptimizer(optimizer, options)

/** One step of `optimizer` over all replicas: `crossReplicaOptimizer(optimizer, options).minimize(f)`. @category optimizers @since 0.1.0 */
export const minimize = <R extends LossResult>(optimizer: tf.Optimizer, f: () => R, options?: CrossReplicaOptions): R =>
  new CrossReplicaOptimizer(optimizer, options).minimize(f)

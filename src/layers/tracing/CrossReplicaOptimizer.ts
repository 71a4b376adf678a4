/**
 * Makes any TensorFlow.js optimizer train on all replicas together. The original's `CrossShardOptimizer`.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { crossReplicaSum, replicaCount } from "./crossReplica.ts"
import { failure } from "./failures.ts"
import { registerGradients } from "./gradients.ts"
import * as LayerLog from "./layers/LayerLog.ts"
import { withBatchWeight } from "./optimizers/batchWeight.ts"
import type { GradientTransform } from "./optimizers/Clip.ts"
import type { Gradients } from "./optimizers/Gradients.ts"
import { optimizerFor, Wrapper } from "./optimizers/Wrapper.ts"
import { current } from "./Recording.ts"

export { clipByGlobalNorm } from "./optimizers/clipByGlobalNorm.ts"
export type { Gradients }

/** What a loss function may return: the loss, or a record with it and whatever else should come out; the loss must be a scalar, which is checked when it is recorded. @category models @since 0.1.0 */
export type LossResult = tf.Tensor | { readonly loss: tf.Tensor }

/** @category models @since 0.1.0 */
export interface CrossReplicaOptions {
  /** `mean` (default): the gradient of the mean loss over replicas; `sum`: of the sum. */
  readonly reduction?: "mean" | "sum"
  /**
   * Applied to the gradients after they have been added up over replicas, such as `Clip.byGlobalNorm(1)`: the same for any
   * number of replicas.
   */
  readonly transform?: GradientTransform
  /**
   * Applied to each replica's share of the gradients, before they are added up: with `mean` they are those of
   * `loss / replicas`. What clipping between the original's `compute_gradients` and `apply_gradients` does.
   */
  readonly transformReplica?: GradientTransform
  /**
   * Float32 scalar, for a loss that is a weighted mean: the sum of the weights on this replica, such as its number of tokens.
   * The gradient is then that of the weighted mean over all rows of all replicas (and, with `accumulate`, of all steps), not
   * of the mean of the replicas' means. A replica without weight adds nothing, whatever its gradient. The loss that is reported stays the mean over replicas.
   */
  readonly weight?: tf.Tensor
}

const lossOf = (result: LossResult): tf.Tensor => (result instanceof tf.Tensor ? result : result.loss)

/** Keeps what a tidy block would dispose of, so that everything `f` returned can be used afterwards. */
const keepAll = (value: unknown): void => {
  if (value instanceof tf.Tensor) void (value instanceof tf.Variable || tf.keep(value))
  else if (Array.isArray(value)) value.forEach(keepAll)
  else if (typeof value === "object" && value !== null) Object.values(value).forEach(keepAll)
}

/**
 * Runs `f` and gives what it returned with the gradients of its loss on this replica, by variable name. Default
 * variables: all trainable ones, those included that `f` itself makes, without those of layers that are not trainable. Variables without a path to the loss are left out.
 *
 * @category gradients
 * @since 0.1.0
 */
export const valueAndGrads = <R extends LossResult>(
  f: () => R,
  variables?: ReadonlyArray<tf.Variable>
): { readonly value: R; readonly gradients: Gradients } => scaledGrads(f, variables, undefined)

/** The gradients of `scale` times the loss, divided by it again. */
const scaledGrads = <R extends LossResult>(
  f: () => R,
  variables: ReadonlyArray<tf.Variable> | undefined,
  scale: tf.Tensor | undefined
): { readonly value: R; readonly gradients: Gradients } => {
  registerGradients()
  let value: R | undefined
  // the engine looks at `xs` only after `f` has run, so that variables made in `f` can be added
  const xs: Array<tf.Tensor> = [tf.scalar(0)]
  const { grads } = tf.engine().gradients(
    () => {
      value = f()
      keepAll(value)
      xs.push(...(variables ?? LayerLog.trainable()))
      const loss = lossOf(value)
      if (!(loss instanceof tf.Tensor) || loss.rank !== 0) {
        throw failure("InvalidSpec", `the loss to minimize must be a scalar tensor; reduce it over the batch with tf.mean`, { op: "minimize" })
      }
      return (scale === undefined ? loss : tf.mul(loss, scale)) as tf.Scalar // its rank is 0
    },
    xs,
    undefined,
    true
  )
  const gradients: Record<string, tf.Tensor> = {}
  xs.forEach((x, i) => {
    const gradient: tf.Tensor | null | undefined = grads[i]
    if (x instanceof tf.Variable && gradient !== null && gradient !== undefined)
      gradients[x.name] = scale === undefined ? gradient : tf.div(gradient, scale)
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
    const { reduction, weight } = options
    if (weight !== undefined && (reduction === "sum" || weight.size !== 1 || weight.dtype !== "float32")) {
      const detail = `a weight is a float32 scalar for the reduction "mean"; got ${weight.dtype} of shape [${weight.shape}] with "${reduction ?? "mean"}"`
      throw failure("InvalidSpec", detail, { op: "CrossReplicaOptimizer" })
    }
    this.optimizer = optimizerFor("CrossReplicaOptimizer", optimizer)
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
    const { value, gradients } = scaledGrads(f, variables, this.optimizer instanceof Wrapper ? this.optimizer.lossScale : undefined)
    const share = this.#share()
    if (share === undefined) return { value, gradients }
    return { value, gradients: Object.fromEntries(Object.entries(gradients).map(([name, g]) => [name, share(g)])) }
  }

  readonly applyGradients = (gradients: Gradients): void => {
    current()?.optimizers.add(this.optimizer)
    const { transform, transformReplica } = this.#options
    const own = transformReplica?.(gradients) ?? gradients
    const summed: Gradients = Object.fromEntries(Object.entries(own).map(([name, g]) => [name, crossReplicaSum(g)]))
    withBatchWeight(this.#weight(), () => this.optimizer.applyGradients({ ...(transform?.(summed) ?? summed) }))
    LayerLog.applyConstraints(new Set(Object.keys(summed)))
  }

  /** The weights of all replicas together. */
  #weight(): tf.Scalar | undefined {
    const { weight } = this.#options
    return weight === undefined ? undefined : crossReplicaSum(tf.reshape(weight, []) as tf.Scalar) // of one element, as was checked
  }

  /** What a gradient of this replica's loss contributes to the gradient of the reduced loss; `undefined` for itself. */
  #share(): ((gradient: tf.Tensor) => tf.Tensor) | undefined {
    const { reduction, weight } = this.#options
    const replicas = replicaCount()
    if (weight === undefined) return replicas === 1 || reduction === "sum" ? undefined : (gradient) => tf.div(gradient, replicas)
    const own = tf.reshape(weight, [])
    const part = tf.divNoNan(own, this.#weight()!)
    // chosen, not multiplied: a mean without weights has a gradient of NaN, also where it is written with divNoNan
    return (gradient) => tf.where(tf.greater(own, 0), tf.mul(gradient, part), tf.zerosLike(gradient))
  }
}

/** @category optimizers @since 0.1.0 */
export const crossReplicaOptimizer = (optimizer: tf.Optimizer, options?: CrossReplicaOptions): CrossReplicaOptimizer =>
  new CrossReplicaOptimizer(optimizer, options)

/** One step of `optimizer` over all replicas: `crossReplicaOptimizer(optimizer, options).minimize(f)`. @category optimizers @since 0.1.0 */
export const minimize = <R extends LossResult>(optimizer: tf.Optimizer, f: () => R, options?: CrossReplicaOptions): R =>
  new CrossReplicaOptimizer(optimizer, options).minimize(f)

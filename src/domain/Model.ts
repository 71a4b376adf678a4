/**
 * What a user's model function receives and returns. Types only: TensorFlow.js itself is imported by `layers/tracing`.
 *
 * @since 0.1.0
 */
import type * as Effect from "effect/Effect"
import type { Scalar, Tensor as TfTensor, Variable } from "@tensorflow/tfjs-core"
import type { SinkError } from "./Errors.ts"
import type { Mode } from "./Program.ts"
import type { DType, Shape, Tensor } from "./Tensor.ts"

/** Tensors in records, tuples and arrays, nested at will. @category models @since 0.1.0 */
export type Nest<T> = T | ReadonlyArray<Nest<T>> | { readonly [key: string]: Nest<T> }

/** Gives a variable its first value; `random` draws from the run's key and the variable's name. @category models @since 0.1.0 */
export type Initializer = (shape: Shape, dtype: DType, random: RandomSource) => TfTensor

/** Randomness that is part of the compiled step: counter-based, in the state, different on each replica. @category models @since 0.1.0 */
export interface RandomSource {
  /** In `[minval, maxval)`; defaults 0 and 1; float32. */
  readonly uniform: (shape: Shape, minval?: number, maxval?: number) => TfTensor
  /** Defaults: mean 0, standard deviation 1. */
  readonly normal: (shape: Shape, mean?: number, stddev?: number) => TfTensor
  /** Normal, redrawn within two standard deviations. */
  readonly truncatedNormal: (shape: Shape, mean?: number, stddev?: number) => TfTensor
  /** Zeroes each element with probability `rate` and scales the others by `1 / (1 - rate)`; `rate` 0 is the identity. */
  readonly dropout: (x: TfTensor, rate: number) => TfTensor
}

export interface VariableOptions {
  /** Default: Glorot uniform for two axes or more, zeros otherwise. */
  readonly initializer?: Initializer
  /** Default true. Others keep state (moving averages) and get no gradient. */
  readonly trainable?: boolean
  /** Default float32. */
  readonly dtype?: DType
}

/** Variables by stable name, as `tf.get_variable`: the same name gives the same variable in train, evaluate and predict. @category models @since 0.1.0 */
export interface VariableScope {
  readonly get: (name: string, shape: Shape, options?: VariableOptions) => Variable
  /** A scope that puts `name/` before the names. */
  readonly scope: (name: string) => VariableScope
  /** The trainable variables made so far, in order of creation. */
  readonly trainable: () => ReadonlyArray<Variable>
}

/**
 * Marks tensors of the step to be seen by the sinks of the run, under unique names: TensorFlow's `tf.summary` in a model function.
 * They leave the device with every step, also those made inside of the function given to `minimize`; every
 * `saveSummarySteps` steps the sinks get them, in an evaluation those of its first batch. In prediction nothing is marked.
 *
 * @category models
 * @since 0.1.0
 */
export interface SummaryRecorder {
  /** A scalar; its mean over the replicas. */
  readonly scalar: (name: string, value: TfTensor) => void
  /** Of all elements, over all replicas. `buckets`: default 30. */
  readonly histogram: (name: string, values: TfTensor, options?: { readonly buckets?: number }) => void
  /** float32 (0 to 1) or int32 (0 to 255) `[n, height, width, channels]` with 1, 3 or 4 channels. `maxOutputs`: default 3. */
  readonly image: (name: string, images: TfTensor, options?: { readonly maxOutputs?: number }) => void
}

/** @category models @since 0.1.0 */
export interface ModelInput<P> {
  /** Per replica: `[batch / replicas, …]`. In the structure the input gave. */
  readonly features: FeatureNest
  readonly labels: FeatureNest
  readonly mode: Mode
  readonly params: P
  /** Recurrent cache from the previous step of the same replica; `[]` without a cache function. */
  readonly cache: ReadonlyArray<TfTensor>
  readonly random: RandomSource
  readonly variables: VariableScope
  readonly summary: SummaryRecorder
  /** float32 `[batch / replicas]`: 1 for a row of the data set, 0 for padding (evaluate and predict pad the last batch). */
  readonly valid: TfTensor
  /** int32 scalar: steps done before this one. */
  readonly globalStep: Scalar
  /** Replicas of the device. */
  readonly replicas: number
  /** Rows of this replica's batch. */
  readonly batchSize: number
}

/**
 * Features and labels in the structure the input gave: a tensor, a record or an array. The structure is known only when the
 * first batch comes, so the type allows each access and the tracer's names tell which leaves there are.
 */
export type FeatureNest = TfTensor & { readonly [key: string]: TfTensor } & ReadonlyArray<TfTensor>

/** `E` and `R`: errors and requirements of its host call and metrics; they become those of the programs. @category models @since 0.1.0 */
export interface EstimatorSpec<E = never, R = never> {
  /** Scalar, mean over this replica's batch. Required in train and evaluate. */
  readonly loss?: TfTensor
  /** Required in predict: tensors with the batch on axis 0. */
  readonly predictions?: { readonly [name: string]: TfTensor }
  /**
   * Predict: what an export offers, by the name of its signature; the one named `serving_default`, or the only one, is the
   * default. Without it an export has one signature with all predictions.
   */
  readonly exportOutputs?: { readonly [signature: string]: ExportOutput }
  /** New cache: same number, dtypes and shapes as `cache`; may be left out when there is none. */
  readonly cache?: ReadonlyArray<TfTensor>
  /** Evaluate: tensors with the batch on axis 0, given to the function on the host, padding rows removed. */
  readonly evalMetrics?: { readonly [name: string]: EvalMetric<E, R> }
  /** Called on the host after each step of any mode, off the step's path; a prediction of a batch comes after its call. */
  readonly hostCall?: HostCall<E, R>
}

/**
 * What one signature of an exported model gives, each with the batch on axis 0 (`ClassificationOutput`, `RegressionOutput`,
 * `PredictOutput` of TensorFlow). A classification has scores, classes or both, a regression one value an example.
 *
 * @category models
 * @since 0.1.0
 */
export type ExportOutput =
  | { readonly kind: "classification"; readonly scores?: TfTensor; readonly classes?: TfTensor }
  | { readonly kind: "regression"; readonly value: TfTensor }
  | { readonly kind: "predict"; readonly outputs: { readonly [name: string]: TfTensor } }

/** A streaming metric over tensors of every evaluated batch. @category models @since 0.1.0 */
export interface EvalMetric<E = never, R = never> {
  readonly tensors: { readonly [name: string]: TfTensor }
  readonly metric: Metric | EffectMetric<E, R>
}

/** State of a metric is a plain list of numbers, so that it can be saved. @category models @since 0.1.0 */
export interface Metric {
  readonly initial: ReadonlyArray<number>
  /** `batch`: the metric's tensors, valid rows only, all replicas. */
  readonly update: (state: ReadonlyArray<number>, batch: { readonly [name: string]: Tensor }) => ReadonlyArray<number>
  readonly result: (state: ReadonlyArray<number>) => number
}

/** A metric whose update is an effect: one that asks another service, say. @category models @since 0.1.0 */
export interface EffectMetric<E = never, R = never> extends Pick<Metric, "initial" | "result"> {
  readonly update: (state: ReadonlyArray<number>, batch: { readonly [name: string]: Tensor }) => Effect.Effect<ReadonlyArray<number>, E, R>
}

/** @category models @since 0.1.0 */
export interface HostCall<E = never, R = never> {
  readonly tensors: { readonly [name: string]: TfTensor }
  /** Called for the first step of a program, and then for every so many. Default 1. */
  readonly everySteps?: number
  readonly call: HostFunction<E, R>
}

/**
 * A plain function, or one that gives an effect: that is run to its end before the next step's outputs are handled. It may
 * fail with `SinkError`, as every program may: `Summaries.write` does.
 *
 * @category models
 * @since 0.1.0
 */
export type HostFunction<E = never, R = never> = (
  tensors: { readonly [name: string]: Tensor },
  /** Global step: in training counted after the step; in evaluation and prediction that of the state, the same throughout. */
  step: number
) => void | Effect.Effect<unknown, E | SinkError, R>

/** Called once per mode and shape on the recording backend. @category models @since 0.1.0 */
export type ModelFn<P = unknown, E = never, R = never> = (input: ModelInput<P>) => EstimatorSpec<E, R>

/** The first cache of one replica, leaves `[batch / replicas, …]`; every replica starts from its own copy (`train_cache_fn`, `eval_cache_fn`). @category models @since 0.1.0 */
export type CacheFn = (perReplicaBatchSize: number, mode: Mode) => ReadonlyArray<TfTensor>

/**
 * Records a model function once and gives the program for a device.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { TraceError } from "../domain/Errors.ts"
import type { CacheFn, EffectMetric, HostFunction, Metric, ModelFn, Nest } from "../domain/Model.ts"
import type { Mode, Program } from "../domain/Program.ts"
import type { TensorType } from "../domain/Tensor.ts"

/** @category models @since 0.1.0 */
export interface TraceRequest<P, E = never, R = never> {
  readonly modelFn: ModelFn<P, E, R>
  readonly cacheFn?: CacheFn | undefined
  readonly mode: Mode
  readonly params: P
  readonly replicas: number
  /** Per-replica types of the batch's leaves, in the structure the input gave. */
  readonly features: Nest<TensorType>
  readonly labels?: Nest<TensorType> | undefined
  readonly perReplicaBatchSize: number
  /** Seeds what the model function draws on the host, where it may: the initial values of tf.layers. Default: a fixed number. */
  readonly seed?: number | undefined
  /** Whether what the model function wants seen (`summary`) leaves the step. Default true; never in prediction. */
  readonly summaries?: boolean | undefined
  /** Whether what the spec offers for export (`exportOutputs`) leaves the step, in prediction. Default false. */
  readonly exporting?: boolean | undefined
}

/** A signature of the spec's `exportOutputs`, under TensorFlow's keys for its kind, with the outfeed leaves that have its outputs. @category models @since 0.1.0 */
export interface TracedExport {
  readonly name: string
  readonly kind: "classification" | "regression" | "predict"
  readonly outputs: ReadonlyArray<{ readonly key: string; readonly outfeed: number }>
}

/** What a model function wants seen, and where it lies in the outfeed. @category models @since 0.1.0 */
export interface TracedSummary {
  readonly name: string
  readonly kind: "scalar" | "histogram" | "image"
  readonly options: { readonly buckets?: number; readonly maxOutputs?: number }
  readonly outfeed: number
}

/** A metric of the spec, with the outfeed leaves that feed it. @category models @since 0.1.0 */
export interface TracedMetric<E = never, R = never> {
  readonly name: string
  readonly metric: Metric | EffectMetric<E, R>
  /** Metric tensor name to index in the outfeed. */
  readonly tensors: ReadonlyArray<{ readonly name: string; readonly outfeed: number }>
}

/**
 * The program's batch leaves are the flattened features, labels (see `domain/nest`), and last `valid`, float32
 * `[perReplicaBatchSize]`. Passes have been run over both graphs.
 *
 * @category models
 * @since 0.1.0
 */
export interface Traced<E = never, R = never> {
  readonly program: Program
  readonly metrics: ReadonlyArray<TracedMetric<E, R>>
  readonly hostCall:
    | {
        readonly everySteps: number
        readonly call: HostFunction<E, R>
        readonly tensors: ReadonlyArray<{ readonly name: string; readonly outfeed: number }>
      }
    | undefined
  readonly summaries: ReadonlyArray<TracedSummary>
  /** Prediction name and its index in the outfeed. */
  readonly predictions: ReadonlyArray<{ readonly name: string; readonly outfeed: number }>
  /** What the spec offers for export; empty unless that was asked for. */
  readonly exports: ReadonlyArray<TracedExport>
  /** Evaluate: index in the outfeed of each replica's own loss. */
  readonly replicaLoss: number | undefined
}

/** @category services @since 0.1.0 */
export class Tracer extends Context.Service<
  Tracer,
  {
    /** Atomic: the caller's tfjs backend, variables and scopes are as before, also after a failure. */
    readonly trace: <P, E, R>(request: TraceRequest<P, E, R>) => Effect.Effect<Traced<E, R>, TraceError>
  }
>()("effect-estimator/services/Tracer") {}

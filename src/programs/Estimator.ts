/**
 * The estimator: a model function with its parameters and run configuration, and the programs that use it.
 *
 * `Estimator.make` gives a plain value; `train`, `evaluate` and `predict` give programs over the `Device` they are
 * provided with. After TensorFlow's `TPUEstimator`, with the recurrent cache of Transformer-XL's `tpu_estimator.py`.
 *
 * @since 0.1.0
 */
import type { CacheFn, ModelFn } from "../domain/Model.ts"
import { merge, type RunConfigInput } from "../domain/RunConfig.ts"
import type { WarmStart } from "../domain/WarmStart.ts"
import type { CheckpointStore } from "../services/CheckpointStore.ts"
import type { Device } from "../services/Device.ts"
import type { Infeed } from "../services/Infeed.ts"
import type { Outfeed } from "../services/Outfeed.ts"
import type { Rendezvous } from "../services/Rendezvous.ts"
import type { Tracer } from "../services/Tracer.ts"

export { evaluateAll, type EvaluateAllOptions, type EvaluatedCheckpoint } from "./evaluateAll.ts"
export { evaluate, type EvaluateOptions, type EvaluateResult } from "./evaluate.ts"
export { exporter, type ExporterOptions } from "./exporting.ts"
export { type Exported, exportModel, type ExportOptions } from "./exportModel.ts"
export { predict, type PredictOptions, type Prediction } from "./predict.ts"
export { predictor, type Predictor, type PredictorOptions } from "./predictor.ts"
export { train, type TrainOptions, type TrainResult } from "./train.ts"
export { type EvalSpec, trainAndEvaluate, type TrainAndEvaluateOptions, type TrainAndEvaluateResult, type TrainSpec } from "./trainAndEvaluate.ts"

/** `E` and `R` are errors and requirements of the model's host functions. @category models @since 0.1.0 */
export interface Estimator<P, E = never, R = never> {
  readonly modelFn: ModelFn<P, E, R>
  /** Without one the model has no recurrent cache. */
  readonly cacheFn: CacheFn | undefined
  readonly params: P
  readonly config: RunConfigInput
  /** Where a new run takes its variables' first values from; without one they are initialised. */
  readonly warmStart: WarmStart | undefined
  /** Global batch sizes; `undefined`: that of the first batch. */
  readonly trainBatchSize: number | undefined
  readonly evalBatchSize: number | undefined
  readonly predictBatchSize: number | undefined
  readonly batchAxis: ReadonlyArray<number> | undefined
}

/** @category models @since 0.1.0 */
export interface EstimatorOptions<P, E = never, R = never> {
  readonly modelFn: ModelFn<P, E, R>
  readonly cacheFn?: CacheFn
  readonly params?: P
  /** See `RunConfig` for the keys and their defaults; checked when a program runs. */
  readonly config?: RunConfigInput
  /** Only looked at by `train`, and only while the model directory holds no checkpoint. */
  readonly warmStart?: WarmStart
  readonly trainBatchSize?: number
  readonly evalBatchSize?: number
  readonly predictBatchSize?: number
  /** The axis of the examples of each tensor, features first, in sorted key order (`batch_axis`). Default: 0 for all. */
  readonly batchAxis?: ReadonlyArray<number>
}

/** Services that every program needs: `EstimatorNode.layer` has all but the device. @category models @since 0.1.0 */
export type EstimatorServices = Device | Tracer | CheckpointStore | Infeed | Outfeed | Rendezvous

/** @category constructors @since 0.1.0 */
export const make = <P = undefined, E = never, R = never>(options: EstimatorOptions<P, E, R>): Estimator<P, E, R> => ({
  modelFn: options.modelFn,
  cacheFn: options.cacheFn,
  // without `params` P is undefined
  params: options.params as P,
  config: options.config ?? {},
  warmStart: options.warmStart,
  trainBatchSize: options.trainBatchSize,
  evalBatchSize: options.evalBatchSize,
  predictBatchSize: options.predictBatchSize,
  batchAxis: options.batchAxis
})

/** The same estimator with other configuration values. @category combinators @since 0.1.0 */
export const configure = <P, E, R>(estimator: Estimator<P, E, R>, config: RunConfigInput): Estimator<P, E, R> => ({
  ...estimator,
  config: merge(estimator.config, config)
})

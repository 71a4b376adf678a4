import type { CacheFn, ModelFn } from "../domain/Model.ts";
import { type RunConfigInput } from "../domain/RunConfig.ts";
import type { WarmStart } from "../domain/WarmStart.ts";
import type { CheckpointStore } from "../services/CheckpointStore.ts";
import type { Device } from "../services/Device.ts";
import type { Infeed } from "../services/Infeed.ts";
import type { Outfeed } from "../services/Outfeed.ts";
import type { Rendezvous } from "../services/Rendezvous.ts";
import type { Tracer } from "../services/Tracer.ts";
export { evaluateAll, type EvaluateAllOptions, type EvaluatedCheckpoint } from "./evaluateAll.ts";
export { evaluate, type EvaluateOptions, type EvaluateResult } from "./evaluate.ts";
export { exporter, type ExporterOptions } from "./exporting.ts";
export { type Exported, exportModel, type ExportOptions } from "./exportModel.ts";
export { predict, type PredictOptions, type Prediction } from "./predict.ts";
export { predictor, type Predictor, type PredictorOptions } from "./predictor.ts";
export { train, type TrainOptions, type TrainResult } from "./train.ts";
export { type EvalSpec, trainAndEvaluate, type TrainAndEvaluateOptions, type TrainAndEvaluateResult, type TrainSpec } from "./trainAndEvaluate.ts";
export interface Estimator<P, E = never, R = never> {
    readonly modelFn: ModelFn<P, E, R>;
    readonly cacheFn: CacheFn | undefined;
    readonly params: P;
    readonly config: RunConfigInput;
    readonly warmStart: WarmStart | undefined;
    readonly trainBatchSize: number | undefined;
    readonly evalBatchSize: number | undefined;
    readonly predictBatchSize: number | undefined;
    readonly batchAxis: ReadonlyArray<number> | undefined;
}
export interface EstimatorOptions<P, E = never, R = never> {
    readonly modelFn: ModelFn<P, E, R>;
    readonly cacheFn?: CacheFn;
    readonly params?: P;
    readonly config?: RunConfigInput;
    readonly warmStart?: WarmStart;
    readonly trainBatchSize?: number;
    readonly evalBatchSize?: number;
    readonly predictBatchSize?: number;
    readonly batchAxis?: ReadonlyArray<number>;
}
export type EstimatorServices = Device | Tracer | CheckpointStore | Infeed | Outfeed | Rendezvous;
export declare const make: <P = undefined, E = never, R = never>(options: EstimatorOptions<P, E, R>) => Estimator<P, E, R>;
export declare const configure: <P, E, R>(estimator: Estimator<P, E, R>, config: RunConfigInput) => Estimator<P, E, R>;

import * as Effect from "effect/Effect";
import type { ExportError, TraceError } from "../domain/Errors.ts";
import type { TrainingStep } from "../domain/export/ServingModel.ts";
import type { Nest } from "../domain/Model.ts";
import type { TensorType } from "../domain/Tensor.ts";
import { Tracer } from "../services/Tracer.ts";
import type { Estimator } from "./Estimator.ts";
export interface TrainingOptions {
    readonly batchSize: number;
    readonly labels?: Nest<TensorType>;
}
export declare const trainingStep: <P, ME, MR>(estimator: Estimator<P, ME, MR>, features: Nest<TensorType>, args_2: TrainingOptions, seed: number) => Effect.Effect<TrainingStep, ExportError | TraceError, Tracer>;

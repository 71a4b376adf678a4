import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Path from "effect/Path";
import { CheckpointError, ConfigError, ExportError, type TraceError } from "../domain/Errors.ts";
import { type ServingModel } from "../domain/export/ServingModel.ts";
import type { Nest } from "../domain/Model.ts";
import { type TensorType } from "../domain/Tensor.ts";
import type { CheckpointStore } from "../services/CheckpointStore.ts";
import type { ModelFormat } from "../services/ModelFormat.ts";
import { Tracer } from "../services/Tracer.ts";
import type { Estimator } from "./Estimator.ts";
import { type TrainingOptions } from "./exportTraining.ts";
export interface ExportOptions {
    readonly path: string;
    readonly formats: ReadonlyArray<ModelFormat>;
    readonly features: Nest<TensorType>;
    readonly checkpointPath?: string;
    readonly batchSize?: number;
    readonly training?: TrainingOptions;
    readonly exportToTpu?: {
        readonly batchSize: number;
    };
    readonly assets?: ReadonlyMap<string, Uint8Array>;
}
export interface Exported {
    readonly path: string;
    readonly step: number;
}
export declare const servingModel: <P, ME, MR>(estimator: Estimator<P, ME, MR>, options: ExportOptions) => Effect.Effect<ServingModel, CheckpointError | ConfigError | ExportError | TraceError, CheckpointStore | Tracer>;
export declare const exportModel: <P, ME = never, MR = never>(estimator: Estimator<P, ME, MR>, options: ExportOptions) => Effect.Effect<Exported, CheckpointError | ConfigError | ExportError | TraceError, CheckpointStore | FileSystem.FileSystem | Path.Path | Tracer>;

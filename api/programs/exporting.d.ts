import * as FileSystem from "effect/FileSystem";
import * as Path from "effect/Path";
import { type CheckpointError, ConfigError, ExportError, type TraceError } from "../domain/Errors.ts";
import type { CheckpointStore } from "../services/CheckpointStore.ts";
import type { Exporter } from "../services/Exporter.ts";
import type { Tracer } from "../services/Tracer.ts";
import type { Estimator } from "./Estimator.ts";
import { type ExportOptions } from "./exportModel.ts";
export interface ExporterOptions extends Omit<ExportOptions, "path" | "checkpointPath"> {
    readonly name: string;
    readonly path?: string;
    readonly exportsToKeep?: number;
}
export declare const exporter: <P, ME = never, MR = never>(estimator: Estimator<P, ME, MR>, { exportsToKeep, name, path: given, ...options }: ExporterOptions) => Exporter<ConfigError | CheckpointError | TraceError | ExportError, Tracer | CheckpointStore | FileSystem.FileSystem | Path.Path>;

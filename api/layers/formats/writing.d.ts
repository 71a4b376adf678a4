import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Path from "effect/Path";
import type { PlatformError } from "effect/PlatformError";
import { ExportError } from "../../domain/Errors.ts";
import type { ServingModel } from "../../domain/export/ServingModel.ts";
export declare const writeAssets: (args_0: ServingModel, directory: string) => Effect.Effect<void, PlatformError, FileSystem.FileSystem | Path.Path>;
export declare const writeFailure: (format: string) => (error: ExportError | PlatformError) => ExportError;

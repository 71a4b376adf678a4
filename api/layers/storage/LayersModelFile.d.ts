import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Path from "effect/Path";
import { CheckpointError } from "../../domain/Errors.ts";
import type { Tensor } from "../../domain/Tensor.ts";
export interface LayersModelFile {
    readonly json: unknown;
    readonly weights: ReadonlyMap<string, Tensor>;
}
export declare const readLayersModel: (fs: FileSystem.FileSystem, path: Path.Path, file: string) => Effect.Effect<LayersModelFile, CheckpointError, never>;
export declare const read: (file: string) => Effect.Effect<LayersModelFile, CheckpointError, FileSystem.FileSystem | Path.Path>;

import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Path from "effect/Path";
import type * as Scope from "effect/Scope";
import { ArtifactError, CheckpointError, type CompileError, type EngineUnavailable, ExecuteError } from "../../domain/Errors.ts";
import { type Tensor } from "../../domain/Tensor.ts";
import type { Options as PjrtOptions } from "../device/pjrt/Engine.ts";
import { type Port } from "./stablehlo/Manifest.ts";
export interface Options extends Pick<PjrtOptions, "plugin" | "cache" | "client"> {
    readonly signature?: string;
}
export type Tensors = {
    readonly [name: string]: Tensor;
};
export interface Loaded {
    readonly signature: string;
    readonly step: number;
    readonly batchSize: number;
    readonly inputs: ReadonlyArray<Port>;
    readonly outputs: ReadonlyArray<Port>;
    readonly run: (inputs: Tensors) => Effect.Effect<Tensors, ArtifactError | ExecuteError>;
}
type Failure = ArtifactError | CheckpointError | CompileError | EngineUnavailable | ExecuteError;
export declare const load: (folder: string, args_1?: Options | undefined) => Effect.Effect<Loaded, Failure, FileSystem.FileSystem | Path.Path | Scope.Scope>;
export {};

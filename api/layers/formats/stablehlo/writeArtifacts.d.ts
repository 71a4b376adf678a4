import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Path from "effect/Path";
import type { PlatformError } from "effect/PlatformError";
import * as Result from "effect/Result";
import { ExportError } from "../../../domain/Errors.ts";
import type { DeviceGraph, ServingModel, Signature } from "../../../domain/export/ServingModel.ts";
import { type Port } from "./Manifest.ts";
export declare const sha256: (bytes: Uint8Array) => string;
export interface Artifact {
    readonly bytes: Uint8Array;
    readonly arguments: ReadonlyArray<Port>;
    readonly results: ReadonlyArray<Port>;
    readonly checks: ReadonlyArray<string>;
}
export declare const artifactOf: ({ graph, inputs, outputs }: DeviceGraph, signature: Signature) => Result.Result<Artifact, ExportError>;
export declare const writeArtifacts: (model: ServingModel, tpu: DeviceGraph, directory: string) => Effect.Effect<void, ExportError | PlatformError, FileSystem.FileSystem | Path.Path>;

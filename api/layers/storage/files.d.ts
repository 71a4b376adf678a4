import * as Effect from "effect/Effect";
import type * as FileSystem from "effect/FileSystem";
import type * as Path from "effect/Path";
import type { PlatformError } from "effect/PlatformError";
import { CheckpointError } from "../../domain/Errors.ts";
import type { Fault } from "./Fault.ts";
export declare const temporarySuffix = ".tmp";
export declare const writeError: (file: string) => (cause: PlatformError) => CheckpointError;
export declare const readError: (file: string) => (cause: PlatformError) => CheckpointError;
export declare const faultError: (file: string) => (fault: Fault) => CheckpointError;
export declare const makeDirectories: (fs: FileSystem.FileSystem, path: Path.Path, directory: string) => Effect.Effect<void, PlatformError>;
export declare const removeEmpty: (directory: string) => Effect.Effect<void>;
export interface Output {
    readonly write: (bytes: Uint8Array) => Effect.Effect<void, PlatformError>;
}
export declare const writeSynced: <A, E>(fs: FileSystem.FileSystem, path: string, body: (output: Output) => Effect.Effect<A, E>) => Effect.Effect<A, E | PlatformError>;
export declare const syncDirectory: (fs: FileSystem.FileSystem, directory: string) => Effect.Effect<void, PlatformError>;
export declare const readUpTo: (file: FileSystem.File, position: number, length: number) => Effect.Effect<Uint8Array<ArrayBuffer>, PlatformError, never>;

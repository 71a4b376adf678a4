import * as Effect from "effect/Effect";
import type * as FileSystem from "effect/FileSystem";
import type { PlatformError } from "effect/PlatformError";
import { CheckpointError } from "../../domain/Errors.ts";
import { type BundleIndex, type BundleTensor } from "./bundle.ts";
export declare const writeData: (fs: FileSystem.FileSystem, path: string, tensors: ReadonlyMap<string, BundleTensor>) => Effect.Effect<Uint8Array, PlatformError>;
export declare const loadIndex: (fs: FileSystem.FileSystem, prefix: string) => Effect.Effect<BundleIndex, CheckpointError, never>;
export declare const checkFiles: (fs: FileSystem.FileSystem, prefix: string) => Effect.Effect<BundleIndex, CheckpointError, never>;
export declare const loadBundle: (fs: FileSystem.FileSystem, prefix: string) => Effect.Effect<ReadonlyMap<string, BundleTensor>, CheckpointError>;

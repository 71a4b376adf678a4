import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import { CheckpointError } from "../../domain/Errors.ts";
import type { State } from "../../domain/Program.ts";
import type { Shape } from "../../domain/Tensor.ts";
import { type BundleDType, type BundleTensor } from "./bundle.ts";
export type StoredTensor = BundleTensor;
export interface StoredType {
    readonly name: string;
    readonly dtype: BundleDType;
    readonly shape: Shape;
}
export declare const loadSafetensors: (fs: FileSystem.FileSystem, file: string) => Effect.Effect<ReadonlyMap<string, BundleTensor>, CheckpointError>;
export declare const list: (path: string) => Effect.Effect<readonly StoredType[], CheckpointError, FileSystem.FileSystem>;
export declare const read: (path: string) => Effect.Effect<ReadonlyMap<string, BundleTensor>, CheckpointError, FileSystem.FileSystem>;
export declare const writeSafetensors: (file: string, state: State, metadata?: {
    readonly [name: string]: string;
} | undefined) => Effect.Effect<void, CheckpointError, FileSystem.FileSystem>;

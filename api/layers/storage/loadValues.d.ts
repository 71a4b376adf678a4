import * as Effect from "effect/Effect";
import type * as FileSystem from "effect/FileSystem";
import type * as Path from "effect/Path";
import { CheckpointError } from "../../domain/Errors.ts";
import { type StoredValues } from "../../domain/WarmStart.ts";
export declare const loadValues: (fs: FileSystem.FileSystem, paths: Path.Path, path: string) => Effect.Effect<StoredValues, CheckpointError, never>;

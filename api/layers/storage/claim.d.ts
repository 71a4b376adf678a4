import * as Effect from "effect/Effect";
import type * as FileSystem from "effect/FileSystem";
import type { PlatformError } from "effect/PlatformError";
import type * as Scope from "effect/Scope";
import { CheckpointError } from "../../domain/Errors.ts";
export declare const claimFile = "run.lock";
export declare const claim: (fs: FileSystem.FileSystem, file: string) => Effect.Effect<void, CheckpointError | PlatformError, Scope.Scope>;

import * as Effect from "effect/Effect";
import { CheckpointError } from "../domain/Errors.ts";
import type { RunConfig } from "../domain/RunConfig.ts";
import { type Checkpoint, type CheckpointRef, CheckpointStore } from "../services/CheckpointStore.ts";
export interface Restored {
    readonly ref: CheckpointRef;
    readonly checkpoint: Checkpoint;
}
export declare const newest: <A>(directory: string, use: (ref: CheckpointRef) => Effect.Effect<A, CheckpointError>) => Effect.Effect<A | undefined, CheckpointError, CheckpointStore>;
export declare const latest: (config: RunConfig) => Effect.Effect<Restored | undefined, CheckpointError, CheckpointStore>;
export declare const noCheckpoint: (modelDir: string) => CheckpointError;
export declare const toRestore: (config: RunConfig, path: string | undefined) => Effect.Effect<Restored | undefined, CheckpointError, CheckpointStore>;

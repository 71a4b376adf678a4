import * as Context from "effect/Context";
import type * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import type { CheckpointError } from "../domain/Errors.ts";
import type { State } from "../domain/Program.ts";
import type { StoredValues } from "../domain/WarmStart.ts";
import type { Retain } from "../domain/retention.ts";
export interface Checkpoint {
    readonly step: number;
    readonly state: State;
    readonly texts: ReadonlyMap<string, string>;
}
export interface CheckpointRef {
    readonly step: number;
    readonly path: string;
}
declare const CheckpointStore_base: Context.ServiceClass<CheckpointStore, "effect-estimator/services/CheckpointStore", {
    readonly save: (directory: string, checkpoint: Checkpoint, keep: number, retain?: Retain) => Effect.Effect<CheckpointRef, CheckpointError>;
    readonly latest: (directory: string) => Effect.Effect<CheckpointRef | undefined, CheckpointError>;
    readonly list: (directory: string) => Effect.Effect<ReadonlyArray<CheckpointRef>, CheckpointError>;
    readonly load: (path: string) => Effect.Effect<Checkpoint, CheckpointError>;
    readonly values: (path: string) => Effect.Effect<StoredValues, CheckpointError>;
    readonly fingerprint?: (path: string) => Effect.Effect<string | undefined, CheckpointError>;
    readonly prepare: (directory: string) => Effect.Effect<void, CheckpointError, Scope.Scope>;
    readonly readNote: (directory: string, name: string) => Effect.Effect<string | undefined, CheckpointError>;
    readonly writeNote: (directory: string, name: string, text: string) => Effect.Effect<void, CheckpointError>;
}>;
export declare class CheckpointStore extends CheckpointStore_base {
}
export {};

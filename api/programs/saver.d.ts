import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import type { CheckpointError, ExecuteError, SinkError } from "../domain/Errors.ts";
import type { Position } from "../domain/Input.ts";
import { CheckpointStore } from "../services/CheckpointStore.ts";
import type { Executable } from "../services/Device.ts";
import type { Events } from "./events.ts";
export interface Saver {
    readonly save: Effect.Effect<void, CheckpointError | ExecuteError | SinkError>;
    readonly settle: Effect.Effect<void, CheckpointError | SinkError>;
}
export declare const inputPositionText = "input_position";
export interface SaverOptions {
    readonly directory: string | undefined;
    readonly keep: number;
    readonly executable: Executable;
    readonly events: Events;
    readonly saved: number | undefined;
    readonly positionAt: (step: number) => Position | undefined;
}
export declare const make: (options: SaverOptions) => Effect.Effect<Saver, never, CheckpointStore | Scope.Scope>;

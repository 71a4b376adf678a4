import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import { type CheckpointError, type ExecuteError, NumericsError, type SinkError } from "../domain/Errors.ts";
import type { Position } from "../domain/Input.ts";
import { type StateLeaf } from "../domain/Program.ts";
import { CheckpointStore } from "../services/CheckpointStore.ts";
import type { Executable } from "../services/Device.ts";
import type { Events } from "./events.ts";
import type { SavePoints } from "./hooks/savePoints.ts";
export interface Saver<E = never, R = never> {
    readonly save: Effect.Effect<void, CheckpointError | ExecuteError | NumericsError | SinkError | E, R>;
    readonly settle: Effect.Effect<void, CheckpointError | SinkError>;
}
export declare const inputPositionText = "input_position";
export interface SaverOptions<E, R> {
    readonly directory: string | undefined;
    readonly keep: number;
    readonly retain: {
        readonly everyHours: number | undefined;
        readonly steps: (() => ReadonlyArray<number>) | undefined;
    };
    readonly executable: Executable;
    readonly events: Events;
    readonly saved: number | undefined;
    readonly leaves: ReadonlyArray<StateLeaf>;
    readonly positionAt: (step: number) => Position | undefined;
    readonly around: SavePoints<E, R>;
}
export declare const make: <E, R>(options: SaverOptions<E, R>) => Effect.Effect<Saver<E, R>, never, CheckpointStore | Scope.Scope>;

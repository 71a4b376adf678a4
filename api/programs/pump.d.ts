import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import { type BatchSpec, type ValidRows } from "../domain/batching.ts";
import type { ExecuteError, InputError } from "../domain/Errors.ts";
import type { Position, PositionedExample } from "../domain/Input.ts";
import type { Executable } from "../services/Device.ts";
import type { Feed } from "../services/Infeed.ts";
export interface Pump<E> {
    readonly effect: Effect.Effect<void, ExecuteError>;
    readonly halt: Effect.Effect<void>;
    readonly available: () => number;
    readonly failure: () => Cause.Cause<E | InputError> | undefined;
    readonly consume: (count: number) => void;
    readonly consumed: () => number;
    readonly positionAfter: (count: number) => Position | undefined;
    readonly nextValid: () => ValidRows;
}
export interface PumpOptions<E> {
    readonly feed: Feed<PositionedExample, E>;
    readonly first: PositionedExample;
    readonly spec: BatchSpec;
    readonly executable: Executable;
    readonly limit: number;
    readonly pad: boolean;
    readonly sleepSecs?: number | undefined;
}
export declare const make: <E>(options: PumpOptions<E>) => Pump<E>;

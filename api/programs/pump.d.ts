import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import { type BatchSpec } from "../domain/batching.ts";
import type { ExecuteError, InputError } from "../domain/Errors.ts";
import type { Position, PositionedExample } from "../domain/Input.ts";
import type { Executable } from "../services/Device.ts";
import type { Feed } from "../services/Infeed.ts";
export interface Pump<E> {
    readonly effect: Effect.Effect<void, ExecuteError>;
    readonly available: () => number;
    readonly failure: () => Cause.Cause<E | InputError> | undefined;
    readonly request: (count: number) => void;
    readonly consume: (count: number) => void;
    readonly consumed: () => number;
    readonly positionAfter: (count: number) => Position | undefined;
    readonly nextValid: () => number;
}
export interface PumpOptions<E> {
    readonly feed: Feed<PositionedExample, E>;
    readonly first: PositionedExample;
    readonly spec: BatchSpec;
    readonly executable: Executable;
    readonly limit: number;
    readonly pad: boolean;
}
export declare const make: <E>(options: PumpOptions<E>) => Pump<E>;

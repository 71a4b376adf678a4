import * as Effect from "effect/Effect";
import type { ExecuteError } from "../domain/Errors.ts";
import type { StepOutput } from "../domain/Program.ts";
import type { Executable } from "../services/Device.ts";
export interface Draining<E, R> {
    readonly effect: Effect.Effect<void, ExecuteError | E, R>;
    readonly settle: (count: number) => Effect.Effect<void>;
}
export declare const make: <E = never, R = never>(executable: Executable, handle: (output: StepOutput, count: number) => Effect.Effect<unknown, E, R>) => Effect.Effect<Draining<E, R>, never, never>;

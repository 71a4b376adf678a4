import * as Effect from "effect/Effect";
import type { ExecuteError } from "../domain/Errors.ts";
import type { StepOutput } from "../domain/Program.ts";
import type { Executable } from "../services/Device.ts";
export interface Draining<E> {
    readonly effect: Effect.Effect<void, ExecuteError | E>;
    readonly settle: (count: number) => Effect.Effect<void>;
}
export declare const make: <E = never>(executable: Executable, handle: (output: StepOutput, count: number) => Effect.Effect<void, E>) => Effect.Effect<Draining<E>, never, never>;

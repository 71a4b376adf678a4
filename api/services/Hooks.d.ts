import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type { ExecuteError } from "../domain/Errors.ts";
import type { Mode, State } from "../domain/Program.ts";
export interface RunContext {
    readonly mode: Mode;
    readonly step: number;
    readonly lastStep: number | undefined;
    readonly readState: Effect.Effect<State, ExecuteError>;
}
export interface RunValues {
    readonly iterations: number;
    readonly loss: number;
    readonly losses: Float32Array;
}
export type HookSignal = "continue" | "stop";
export interface Hook<E = never, R = never> {
    readonly name: string;
    readonly begin?: Effect.Effect<void, E, R>;
    readonly afterCreate?: (context: RunContext) => Effect.Effect<void, E, R>;
    readonly beforeRun?: (context: RunContext) => Effect.Effect<void, E, R>;
    readonly afterRun?: (context: RunContext, values: RunValues) => Effect.Effect<HookSignal, E, R>;
    readonly end?: (context: RunContext) => Effect.Effect<void, E, R>;
}
export declare const Hooks: Context.Reference<readonly Hook<never, never>[]>;
export declare const layerAppend: (hook: Hook) => Layer.Layer<never>;

import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type { ExecuteError, SinkError } from "../domain/Errors.ts";
import type { RunEvent } from "../domain/Events.ts";
import type { Mode, State } from "../domain/Program.ts";
export interface RunContext {
    readonly mode: Mode;
    readonly step: number;
    readonly globalStep: number;
    readonly lastStep: number | undefined;
    readonly readState: Effect.Effect<State, ExecuteError>;
    readonly batchSize: number;
    readonly modelDir: string | undefined;
    readonly emit: (event: RunEvent) => Effect.Effect<void, SinkError>;
}
export interface RunValues {
    readonly iterations: number;
    readonly loss: number;
    readonly losses: Float32Array;
}
export type HookSignal = "continue" | "save" | "stop" | "discard";
export interface Hook<E = never, R = never> {
    readonly name: string;
    readonly needsLoss?: boolean;
    readonly begin?: Effect.Effect<void, E, R>;
    readonly afterCreate?: (context: RunContext) => Effect.Effect<void, E, R>;
    readonly beforeRun?: (context: RunContext) => Effect.Effect<void, E, R>;
    readonly afterRun?: (context: RunContext, values: RunValues) => Effect.Effect<HookSignal, E, R>;
    readonly end?: (context: RunContext) => Effect.Effect<void, E, R>;
    readonly beforeSave?: (context: RunContext) => Effect.Effect<void, E, R>;
    readonly afterSave?: (context: RunContext) => Effect.Effect<"continue" | "stop", E, R>;
    readonly save?: Effect.Effect<string, E, R>;
    readonly restore?: (text: string) => Effect.Effect<void, E, R>;
}
export type AnyHook = Hook<unknown, unknown>;
export type HookError<H extends AnyHook> = H extends Hook<infer E, infer _R> ? E : never;
export type HookServices<H extends AnyHook> = H extends Hook<infer _E, infer R> ? R : never;
export declare const Hooks: Context.Reference<readonly Hook<never, never>[]>;
export declare const layerAppend: (hook: Hook) => Layer.Layer<never>;

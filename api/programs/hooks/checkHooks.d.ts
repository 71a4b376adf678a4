import * as Effect from "effect/Effect";
import { ConfigError } from "../../domain/Errors.ts";
import type { Mode } from "../../domain/Program.ts";
import type { Hook, HookSignal } from "../../services/Hooks.ts";
export declare const checkHooks: <E, R>(given: ReadonlyArray<Hook<E, R>> | undefined, mode: Mode) => Effect.Effect<ReadonlyArray<Hook<E, R>>, ConfigError>;
export declare const effectOf: <A, E, R>(hook: {
    readonly name: string;
}, point: string, given: Effect.Effect<A, E, R>) => Effect.Effect<A, E | ConfigError, R>;
export declare const signalOf: <S extends HookSignal>(hook: {
    readonly name: string;
}, point: string, known: ReadonlyArray<S>, given: S) => Effect.Effect<S, ConfigError>;

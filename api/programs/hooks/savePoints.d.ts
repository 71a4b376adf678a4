import * as Effect from "effect/Effect";
import { ConfigError } from "../../domain/Errors.ts";
import type { Hook, RunContext } from "../../services/Hooks.ts";
export interface SavePoints<E, R> {
    readonly before: (step: number) => Effect.Effect<void, E, R>;
    readonly texts: Effect.Effect<ReadonlyArray<readonly [name: string, text: string]>, E, R>;
    readonly after: ((step: number) => Effect.Effect<void, E, R>) | undefined;
    readonly takeStop: () => boolean;
}
export declare const textName: (hook: {
    readonly name: string;
}) => string;
export declare const check: <E, R>(hooks: ReadonlyArray<Hook<E, R>>, modelDir: string | undefined) => Effect.Effect<void, ConfigError>;
export declare const make: <E, R>(hooks: ReadonlyArray<Hook<E, R>>, contextAt: (step: number) => RunContext) => SavePoints<E | ConfigError, R>;
export declare const restore: <E, R>(hooks: ReadonlyArray<Hook<E, R>>, texts: ReadonlyMap<string, string> | undefined) => Effect.Effect<void, E | ConfigError, R>;

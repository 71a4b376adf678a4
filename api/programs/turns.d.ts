import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import { ConfigError, PredictorTaken } from "../domain/Errors.ts";
export interface Turns {
    readonly take: Effect.Effect<void, ConfigError | PredictorTaken, Scope.Scope>;
    readonly within: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>;
    readonly using: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>;
}
export declare const make: (patienceSecs: number) => Effect.Effect<Turns>;

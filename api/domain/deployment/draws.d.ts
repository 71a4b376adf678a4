import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import type { InputSource, PositionedExample } from "../Input.ts";
export type Draw<E> = Effect.Effect<PositionedExample | undefined, E>;
export declare const drawsOf: <E, R>(sources: readonly InputSource<E, R>[], positions: readonly (string | undefined)[]) => Effect.Effect<readonly Draw<E>[], never, R | Scope.Scope>;

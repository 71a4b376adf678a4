import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type { ExecuteError } from "../../domain/Errors.ts";
import type { State } from "../../domain/Program.ts";
import type { Hook, RunContext } from "../../services/Hooks.ts";
export interface FinalOps<A, E, R> extends Hook<ExecuteError | E, R> {
    readonly value: Effect.Effect<Option.Option<A>>;
}
export declare const finalOps: <A, E = never, R = never>(f: (state: State, context: RunContext) => Effect.Effect<A, E, R>) => FinalOps<A, E, R>;

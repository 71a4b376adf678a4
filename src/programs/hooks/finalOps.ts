/**
 * A function of the state in which a run ends (`FinalOpsHook`).
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { ExecuteError } from "../../domain/Errors.ts"
import type { State } from "../../domain/Program.ts"
import type { Hook, RunContext } from "../../services/Hooks.ts"

/** A hook with what it found. @category models @since 0.1.0 */
export interface FinalOps<A, E, R> extends Hook<ExecuteError | E, R> {
  /** What `f` gave at the end of the run last ended (`final_ops_values`); none before, and while a run is under way. */
  readonly value: Effect.Effect<Option.Option<A>>
}

/** Calls `f` once at the end, with a copy of the state; also after a failure or an interruption. @category constructors @since 0.1.0 */
export const finalOps = <A, E = never, R = never>(f: (state: State, context: RunContext) => Effect.Effect<A, E, R>): FinalOps<A, E, R> => {
  let value: Option.Option<A> = Option.none()
  return {
    name: "final-ops",
    begin: Effect.sync(() => void (value = Option.none())),
    end: Effect.fnUntraced(function* (context) {
      value = Option.some(yield* f(yield* context.readState, context))
    }),
    value: Effect.sync(() => value)
  }
}

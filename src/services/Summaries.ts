/**
 * Writes summaries to the sinks of the run that is going on: for host calls, metrics and hooks.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { SinkError } from "../domain/Errors.ts"
import type { RunEvent } from "../domain/Events.ts"
import { type Summary, toEvent } from "../domain/Summary.ts"

/** Hands an event to the run's sinks. `train`, `evaluate` and `predict` provide it to what they call; elsewhere nobody listens. @category services @since 0.1.0 */
export const Summaries = Context.Reference<(event: RunEvent) => Effect.Effect<void, SinkError>>("effect-estimator/services/Summaries", {
  defaultValue: () => () => Effect.void
})

/**
 * Hands summaries of this step to the sinks, off the step's path. Fails once a sink could not write.
 *
 * @category combinators
 * @since 0.1.0
 */
export const write = (step: number, summaries: ReadonlyArray<Summary>): Effect.Effect<void, SinkError> =>
  Effect.flatMap(Summaries, (emit) => emit(toEvent(step, summaries)))

/**
 * Scalars by name, and other summaries, as `summary` events (`SummarySaverHook`).
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type { ConfigError, SinkError } from "../../domain/Errors.ts"
import type { Summary } from "../../domain/Summary.ts"
import type { Hook, RunContext, RunValues } from "../../services/Hooks.ts"
import * as Cadence from "./Cadence.ts"
import { summaryOf } from "./place.ts"

/** @category models @since 0.1.0 */
export interface SummarySaverOptions<E, R> {
  /** Default: the reported loss as `loss`, which the original's estimator records by itself. */
  readonly scalars?: (context: RunContext, values: RunValues) => Effect.Effect<{ readonly [name: string]: number }, E, R>
  /** Besides them: histograms, images, texts, more scalars. */
  readonly summaries?: (context: RunContext, values: RunValues) => Effect.Effect<ReadonlyArray<Summary>, E, R>
}

/**
 * After the first run, then by steps or seconds, exactly one of the two; every 100 steps unless told otherwise. In evaluation and
 * prediction the event has the state's global step, and the batches so far; predictions need `scalars` of one's own.
 *
 * @category constructors
 * @since 0.1.0
 */
export const summarySaver = <E = never, R = never>(
  options: Cadence.Cadence & SummarySaverOptions<E, R> = { everySteps: 100 }
): Hook<ConfigError | SinkError | E, R> => {
  const timer = Cadence.make("summarySaver", options)
  const scalarsOf = options.scalars ?? ((_context: RunContext, { loss }: RunValues) => Effect.succeed({ loss }))
  return {
    name: "summary-saver",
    needsLoss: options.scalars === undefined,
    begin: timer.begin,
    afterRun: Effect.fnUntraced(function* (context, values) {
      if (yield* timer.due(context.step)) {
        const scalars = yield* scalarsOf(context, values)
        const others = options.summaries === undefined ? [] : yield* options.summaries(context, values)
        yield* context.emit(summaryOf(context, scalars, others))
      }
      return "continue" as const
    })
  }
}

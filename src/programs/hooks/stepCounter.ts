/**
 * Steps and examples a second (`StepCounterHook`, `ExamplesPerSecondHook`).
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type { ConfigError, SinkError } from "../../domain/Errors.ts"
import type { Hook } from "../../services/Hooks.ts"
import * as Cadence from "./Cadence.ts"
import { summaryOf } from "./place.ts"

/** @category models @since 0.1.0 */
export interface Rates {
  /** Of the context: in evaluation and prediction batches. */
  readonly step: number
  readonly stepsPerSec: number
  /** Global batch size times steps a second. */
  readonly examplesPerSec: number
}

/**
 * A `summary` event with `global_step/sec` (in evaluation and prediction `batches/sec`) and `examples/sec`, over the time since the event before; every 100 steps unless told
 * otherwise. The first time it is due it only starts the clock, so that compiling does not count. `onRates` gets them too.
 *
 * @category constructors
 * @since 0.1.0
 */
export const stepCounter = <E = never, R = never>(
  options: Cadence.Cadence = { everySteps: 100 },
  onRates?: (rates: Rates) => Effect.Effect<void, E, R>
): Hook<ConfigError | SinkError | E, R> => {
  const timer = Cadence.make("stepCounter", options)
  return {
    name: "step-counter",
    begin: timer.begin,
    afterRun: Effect.fnUntraced(function* (context) {
      const { batchSize, emit, mode, step } = context
      const before = timer.last()
      if (!(yield* timer.due(step)) || before === undefined) return "continue" as const
      const seconds = (timer.last()!.millis - before.millis) / 1000
      const stepsPerSec = (step - before.step) / Math.max(1e-3, seconds)
      const rates = { step, stepsPerSec, examplesPerSec: stepsPerSec * batchSize }
      const name = mode === "train" ? "global_step/sec" : "batches/sec"
      yield* emit(summaryOf(context, { [name]: stepsPerSec, "examples/sec": rates.examplesPerSec }))
      if (onRates !== undefined) yield* onRates(rates)
      return "continue" as const
    })
  }
}

/**
 * Ends a run that has reached its aim, or gets no better (`tf.estimator.experimental.stop_if_*_hook`).
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { CheckpointError, type ConfigError } from "../../domain/Errors.ts"
import type { Hook, RunContext, RunValues } from "../../services/Hooks.ts"
import * as Cadence from "./Cadence.ts"
import type { MetricSource, Observation } from "./MetricSource.ts"
import { placeOf } from "./place.ts"

/** @category models @since 0.1.0 */
export interface EarlyStoppingOptions<E, R> {
  /** A metric of the evaluations, or `"loss"`: the training loss as it is reported. */
  readonly source: MetricSource<E, R> | "loss"
  /** How often to look. Default: every 60 seconds. */
  readonly cadence?: Cadence.Cadence
  /** Observations at earlier global steps are not heeded. Default 0. */
  readonly minSteps?: number
  /** Default: that of the function. Two of one kind in a run need names of their own, as their state is saved under them. */
  readonly name?: string
}

/** Stops once `stops` gives a reason for one of the observations. */
const make = <E, R>(
  name: string,
  options: EarlyStoppingOptions<E, R>,
  stops: (observation: Observation) => string | undefined
): Required<Pick<Hook<ConfigError | E, R>, "name" | "needsLoss" | "begin" | "afterRun">> => {
  const { minSteps = 0, source } = options
  const timer = Cadence.make(name, options.cadence ?? { everySecs: 60 })
  const look = ({ step }: RunContext, { loss }: RunValues): MetricSource<E, R> =>
    source === "loss" ? Effect.succeed([{ step, value: loss }]) : source
  return {
    name: options.name ?? name,
    needsLoss: source === "loss",
    begin: timer.begin,
    afterRun: Effect.fnUntraced(function* (context, values) {
      if (!(yield* timer.due(context.step))) return "continue" as const
      for (const observation of yield* look(context, values)) {
        const why = observation.step < minSteps ? undefined : stops(observation)
        if (why === undefined) continue
        yield* Effect.logInfo(`${options.name ?? name}: ${why}; the run ends at ${placeOf(context)}`)
        return "stop" as const
      }
      return "continue" as const
    })
  }
}

/** Stops once an observation is above the threshold (`stop_if_higher_hook`). @category constructors @since 0.1.0 */
export const stopIfHigher = <E = never, R = never>(threshold: number, options: EarlyStoppingOptions<E, R>): Hook<ConfigError | E, R> =>
  make("stop-if-higher", options, ({ step, value }) => (value > threshold ? `${value} at step ${step} is higher than ${threshold}` : undefined))

/** Stops once an observation is below the threshold (`stop_if_lower_hook`). @category constructors @since 0.1.0 */
export const stopIfLower = <E = never, R = never>(threshold: number, options: EarlyStoppingOptions<E, R>): Hook<ConfigError | E, R> =>
  make("stop-if-lower", options, ({ step, value }) => (value < threshold ? `${value} at step ${step} is lower than ${threshold}` : undefined))

/** The best so far with its step, or the step of the first observation. */
const Best = Schema.fromJsonString(Schema.Struct({ best: Schema.NullOr(Schema.Finite), bestStep: Schema.NullOr(Schema.Number) }))
const nothing: typeof Best.Type = { best: null, bestStep: null }

const noImprovement = <E, R>(
  name: string,
  isBetter: (a: number, b: number) => boolean,
  maxSteps: number,
  options: EarlyStoppingOptions<E, R>
): Hook<CheckpointError | ConfigError | E, R> => {
  let state = nothing
  const hook = make(name, options, ({ step, value }) => {
    // a value that is not finite is never the best one, and the first observation starts the count
    const better = Number.isFinite(value) && (state.best === null || isBetter(value, state.best))
    const bestStep = better || state.bestStep === null ? step : state.bestStep
    state = { best: better ? value : state.best, bestStep }
    return step - bestStep >= maxSteps ? `the best, ${state.best}, was at step ${bestStep}, and step ${step} is no better` : undefined
  })
  return {
    ...hook,
    begin: Effect.andThen(
      Effect.sync(() => void (state = nothing)),
      hook.begin
    ),
    save: Effect.suspend(() => Effect.orDie(Schema.encodeEffect(Best)(state))),
    restore: (text) =>
      Schema.decodeEffect(Best)(text).pipe(
        Effect.mapError((error) => new CheckpointError({ reason: "Corrupt", file: `hooks/${hook.name}`, detail: error.message })),
        Effect.map((saved) => void (state = saved))
      )
  }
}

/**
 * Stops once there was no new highest value for `maxSteps` global steps (`stop_if_no_increase_hook`). The best so far is saved
 * with each checkpoint, so a run that goes on counts on.
 *
 * @category constructors
 * @since 0.1.0
 */
export const stopIfNoIncrease = <E = never, R = never>(
  maxSteps: number,
  options: EarlyStoppingOptions<E, R>
): Hook<CheckpointError | ConfigError | E, R> => noImprovement("stop-if-no-increase", (a, b) => a > b, maxSteps, options)

/** Stops once there was no new lowest value for `maxSteps` global steps (`stop_if_no_decrease_hook`); else as `stopIfNoIncrease`. @category constructors @since 0.1.0 */
export const stopIfNoDecrease = <E = never, R = never>(
  maxSteps: number,
  options: EarlyStoppingOptions<E, R>
): Hook<CheckpointError | ConfigError | E, R> => noImprovement("stop-if-no-decrease", (a, b) => a < b, maxSteps, options)

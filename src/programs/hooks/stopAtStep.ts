/**
 * Ends a run at a step (`StopAtStepHook`).
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { ConfigError } from "../../domain/Errors.ts"
import type { Hook } from "../../services/Hooks.ts"

/** @category models @since 0.1.0 */
export type StopAtStepOptions =
  /** Steps from where the run begins. */
  | { readonly numSteps: number; readonly lastStep?: undefined }
  /** The global step to end at. */
  | { readonly lastStep: number; readonly numSteps?: undefined }

const validate = (options: { readonly numSteps?: number | undefined; readonly lastStep?: number | undefined }): Effect.Effect<void, ConfigError> => {
  if ((options.numSteps === undefined) === (options.lastStep === undefined)) {
    const detail = `exactly one of numSteps and lastStep must be given, got ${options.numSteps === undefined ? "neither" : "both"}.`
    return Effect.fail(new ConfigError({ key: "stopAtStep", detail }))
  }
  const value = options.numSteps ?? options.lastStep!
  return Number.isInteger(value) && value > 0
    ? Effect.void
    : Effect.fail(new ConfigError({ key: "stopAtStep", detail: `expected a positive whole number of steps, got ${value}.` }))
}

/**
 * Stops at the first run boundary at or after the step; `train`'s own `steps` and `maxSteps` shorten the last run and so end at
 * just that step. A run that is past it already does one run. `numSteps` counts from where the run first began.
 * Fails with `ConfigError` unless exactly one of the two is given.
 *
 * @category constructors
 * @since 0.1.0
 */
export const stopAtStep = (options: StopAtStepOptions): Hook<ConfigError> => {
  let last: number | undefined
  return {
    name: "stop-at-step",
    begin: Effect.suspend(() => {
      last = options.lastStep
      return validate(options)
    }),
    // not counted anew when a session is made again within the run
    afterCreate: ({ step }) => Effect.sync(() => void (last ??= step + options.numSteps!)),
    afterRun: ({ step }) => Effect.succeed(step >= last! ? "stop" : "continue")
  }
}

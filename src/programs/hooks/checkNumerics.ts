/**
 * Ends a run whose variables are no longer numbers (the check of every trainable variable after each loop in the original's
 * training, which names the variable).
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { type ConfigError, type ExecuteError, NumericsError } from "../../domain/Errors.ts"
import { globalStepName } from "../../domain/Program.ts"
import type { Hook } from "../../services/Hooks.ts"
import * as Cadence from "./Cadence.ts"
import { stepAndPlace } from "./place.ts"

/** @category models @since 0.1.0 */
export interface CheckNumericsOptions {
  /** Which leaves of the state, by name. Default: all float32 ones but the recurrent cache, whose leaves are `cache/0`, `cache/1`, … */
  readonly names?: RegExp
  /** How often to look. Default: after every run. */
  readonly cadence?: Cadence.Cadence
}

/**
 * Fails with `NumericsError` for the first leaf, variables and optimizer slots in order of creation, that holds a NaN or an
 * infinity; that state is not saved. Each look copies the state off the device, so it is a hook to add, not a default.
 *
 * @category constructors
 * @since 0.1.0
 */
export const checkNumerics = (options: CheckNumericsOptions = {}): Hook<ConfigError | ExecuteError | NumericsError> => {
  const { names = /^(?!cache\/)/ } = options
  const timer = options.cadence === undefined ? undefined : Cadence.make("checkNumerics", options.cadence)
  return {
    name: "check-numerics",
    ...(timer === undefined ? {} : { begin: timer.begin }),
    afterRun: Effect.fnUntraced(function* (context) {
      if (timer !== undefined && !(yield* timer.due(context.step))) return "continue" as const
      for (const [name, { data, dtype }] of yield* context.readState) {
        if (dtype !== "float32" || name === globalStepName || name.search(names) < 0) continue
        const index = data.findIndex((value) => !Number.isFinite(value))
        if (index >= 0) return yield* new NumericsError({ variable: name, index, value: String(data[index]), ...stepAndPlace(context) })
      }
      return "continue" as const
    })
  }
}

/**
 * When something is due: every so many steps or seconds, exactly one of them (`SecondOrStepTimer`).
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { ConfigError } from "../../domain/Errors.ts"

/** @category models @since 0.1.0 */
export type Cadence =
  /** At the first run boundary at or after every so many global steps. */
  | { readonly everySteps: number; readonly everySecs?: undefined }
  /** At the first run boundary after so many seconds. */
  | { readonly everySecs: number; readonly everySteps?: undefined }

/** @category models @since 0.1.0 */
export interface Timer {
  /** Forgets what was, as for a new run; fails for a cadence that cannot be right. */
  readonly begin: Effect.Effect<void, ConfigError>
  /** True when due at this global step, and then counts on from here. The first time it always is. */
  readonly due: (step: number) => Effect.Effect<boolean>
  /** The step and time (ms) at which it was last due. */
  readonly last: () => { readonly step: number; readonly millis: number } | undefined
}

const validate = (owner: string, cadence: Cadence): Effect.Effect<void, ConfigError> => {
  // wider than its type: an untyped caller may have given both or neither
  const { everySecs, everySteps }: { readonly everySecs?: number | undefined; readonly everySteps?: number | undefined } = cadence
  if ((everySecs === undefined) === (everySteps === undefined)) {
    const detail = `exactly one of everySteps and everySecs must be given, got ${everySecs === undefined ? "neither" : "both"}.`
    return Effect.fail(new ConfigError({ key: owner, detail }))
  }
  if (everySteps !== undefined && !(Number.isInteger(everySteps) && everySteps > 0)) {
    return Effect.fail(new ConfigError({ key: `${owner}.everySteps`, detail: `expected a positive whole number, got ${everySteps}.` }))
  }
  if (everySecs !== undefined && !(everySecs > 0)) {
    return Effect.fail(new ConfigError({ key: `${owner}.everySecs`, detail: `expected a positive number of seconds, got ${everySecs}.` }))
  }
  return Effect.void
}

/** `owner` is the name of the hook, for errors. @category constructors @since 0.1.0 */
export const make = (owner: string, cadence: Cadence): Timer => {
  let last: { readonly step: number; readonly millis: number } | undefined
  return {
    begin: Effect.suspend(() => {
      last = undefined
      return validate(owner, cadence)
    }),
    due: (step) =>
      Effect.map(Clock.currentTimeMillis, (millis) => {
        if (last !== undefined) {
          if (cadence.everySteps !== undefined && step < last.step + cadence.everySteps) return false
          if (cadence.everySecs !== undefined && millis < last.millis + cadence.everySecs * 1000) return false
        }
        last = { step, millis }
        return true
      }),
    last: () => last
  }
}

/**
 * Holds a run back until another has come far enough (`GlobalStepWaiterHook`).
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type { Hook } from "../../services/Hooks.ts"

/** @category models @since 0.1.0 */
export interface GlobalStepWaiterOptions<E, R> {
  /** The first run waits until the global step is this one or later; 0 or less waits for nothing. */
  readonly waitUntilStep: number
  /** How far the other is, such as the step of the newest checkpoint of its directory. */
  readonly globalStep: Effect.Effect<number, E, R>
  /** Milliseconds between two looks. Default 500. */
  readonly pollMillis?: number
}

/** Waits before the first run only; an interruption ends the wait. @category constructors @since 0.1.0 */
export const globalStepWaiter = <E = never, R = never>(options: GlobalStepWaiterOptions<E, R>): Hook<E, R> => {
  let waited = false
  const wait = Effect.gen(function* () {
    while ((yield* options.globalStep) < options.waitUntilStep) yield* Effect.sleep(options.pollMillis ?? 500)
    waited = true
  })
  return {
    name: "global-step-waiter",
    begin: Effect.sync(() => void (waited = options.waitUntilStep <= 0)),
    beforeRun: () => (waited ? Effect.void : wait)
  }
}

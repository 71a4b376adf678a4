/**
 * Waiting for a condition over plain fields: a waiter is looked at whenever the fields' owner says that they changed.
 * The condition is checked and the waiter registered in one go, so no change can fall between the two.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"

/** @category models @since 0.1.0 */
export interface Signal {
  /** Ends when `holds()` is true: at once, or after a change. Can be interrupted. */
  readonly until: (holds: () => boolean) => Effect.Effect<void>
  /** To be called after every change that some condition may look at. */
  readonly changed: () => void
}

interface Waiter {
  readonly holds: () => boolean
  readonly wake: () => void
}

/** @category constructors @since 0.1.0 */
export const make = (): Signal => {
  const waiters = new Set<Waiter>()
  return {
    until: (holds) =>
      Effect.callback<void>((resume) => {
        if (holds()) return resume(Effect.void)
        const waiter: Waiter = { holds, wake: () => resume(Effect.void) }
        waiters.add(waiter)
        return Effect.sync(() => void waiters.delete(waiter))
      }),
    changed: () => {
      for (const waiter of waiters) {
        if (!waiter.holds()) continue
        waiters.delete(waiter)
        waiter.wake()
      }
    }
  }
}

/**
 * Takes every step's outputs off the device, in order, until the session says how many there are.
 *
 * @since 0.1.0
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type { ExecuteError } from "../domain/Errors.ts"
import type { StepOutput } from "../domain/Program.ts"
import type { Executable } from "../services/Device.ts"

/** The outfeed party of a run. @category models @since 0.1.0 */
export interface Draining<E, R> {
  /** Ends once as many outputs have been handled as `settle` says. */
  readonly effect: Effect.Effect<void, ExecuteError | E, R>
  /** Says how many outputs there are in all, and waits until they have been handled, or the party has ended otherwise. */
  readonly settle: (count: number) => Effect.Effect<void>
}

/** `handle` gets each output with its number, counted from 1. @category constructors @since 0.1.0 */
export const make = Effect.fnUntraced(function* <E = never, R = never>(
  executable: Executable,
  handle: (output: StepOutput, count: number) => Effect.Effect<unknown, E, R>
): Effect.fn.Return<Draining<E, R>> {
  const caughtUp = yield* Deferred.make<void>()
  let handled = 0
  let end = Infinity
  const take = Effect.gen(function* () {
    while (true) {
      for (const output of yield* executable.outfeed) {
        yield* handle(output, handled + 1)
        handled++
      }
      if (handled >= end) yield* Deferred.succeed(caughtUp, undefined)
    }
  })
  const settle = (count: number) =>
    Effect.suspend(() => {
      end = count
      return handled >= end ? Effect.asVoid(Deferred.succeed(caughtUp, undefined)) : Deferred.await(caughtUp)
    })
  const effect = Effect.ensuring(Effect.raceFirst(take, Deferred.await(caughtUp)), Deferred.succeed(caughtUp, undefined))
  return { effect, settle }
})

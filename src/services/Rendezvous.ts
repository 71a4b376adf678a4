/**
 * Brings the parties of a run (session loop, infeed, outfeed) to one outcome. It takes the place of the original's
 * `ErrorRendezvous`: no failure is lost, the first root cause comes first, and a cancellation never masks it.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { PartyStalled } from "../domain/Errors.ts"

/** @category models @since 0.1.0 */
export interface Party<E, R> {
  readonly name: string
  readonly effect: Effect.Effect<void, E, R>
}

/** @category services @since 0.1.0 */
export class Rendezvous extends Context.Service<
  Rendezvous,
  {
    /**
     * Runs `main` and the parties as sibling fibers. All succeed: the value of `main`. One fails: the others are
     * interrupted, `main` first, which may still need the parties for its end, and the effect fails with a cause that holds every failure in the order in which they happened,
     * without interruptions; a party that has not ended at the deadline is left behind and adds `PartyStalled`.
     */
    readonly meet: <A, E, R, E2, R2>(
      main: Effect.Effect<A, E, R>,
      parties: ReadonlyArray<Party<E2, R2>>
    ) => Effect.Effect<A, E | E2 | PartyStalled, R | R2>
  }
>()("effect-estimator/services/Rendezvous") {}

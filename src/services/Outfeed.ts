/**
 * Holds what left the device until its consumer (host call, metrics, prediction stream) takes it.
 *
 * @since 0.1.0
 */
import type * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/** @category models @since 0.1.0 */
export interface Drain<A> {
  /** Suspends while `capacity` elements wait: a slow consumer holds the device back and loses nothing. */
  readonly offer: (element: A) => Effect.Effect<void>
  /** After the elements offered so far the consumer gets `Done`. */
  readonly end: Effect.Effect<void>
  /** The next element in order. */
  readonly take: Effect.Effect<A, Cause.Done>
}

/** @category services @since 0.1.0 */
export class Outfeed extends Context.Service<Outfeed, { readonly open: <A>(capacity: number) => Effect.Effect<Drain<A>, never, Scope.Scope> }>()(
  "effect-estimator/services/Outfeed"
) {}

/**
 * Takes batches out of the user's stream ahead of the device.
 *
 * @since 0.1.0
 */
import type * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"

/** @category models @since 0.1.0 */
export interface Feed<A, E> {
  /** The next element in order; `Done` after the last one, the stream's failure at the place where it happened. */
  readonly take: Effect.Effect<A, E | Cause.Done>
}

/** @category services @since 0.1.0 */
export class Infeed extends Context.Service<
  Infeed,
  {
    /** Starts reading; at most `prefetch` elements wait. Closing the scope stops the stream and runs its finalizers. */
    readonly open: <A, E, R>(stream: Stream.Stream<A, E, R>, prefetch: number) => Effect.Effect<Feed<A, E>, never, R | Scope.Scope>
  }
>()("effect-estimator/services/Infeed") {}

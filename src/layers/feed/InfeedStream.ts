/**
 * `Infeed` by a bounded queue and one fiber that reads ahead.
 *
 * @since 0.1.0
 */
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import { type Feed, Infeed } from "../../services/Infeed.ts"

/** @category constructors @since 0.1.0 */
export const make = Infeed.of({
  open: Effect.fnUntraced(function* <A, E, R>(stream: Stream.Stream<A, E, R>, prefetch: number) {
    const queue = yield* Queue.bounded<A, E | Cause.Done>(prefetch)
    yield* Effect.addFinalizer(() => Queue.shutdown(queue))
    yield* stream.pipe(Stream.runIntoQueue(queue), Effect.forkScoped)
    const feed: Feed<A, E> = { take: Queue.take(queue) }
    return feed
  })
})

/** @category layers @since 0.1.0 */
export const layer: Layer.Layer<Infeed> = Layer.succeed(Infeed, make)

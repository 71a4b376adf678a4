/**
 * `Infeed` without a fiber: each `take` pulls the stream just then. For tests, where the order of reads matters.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { type Feed, Infeed } from "../../services/Infeed.ts"

/** @category constructors @since 0.1.0 */
export const make = Infeed.of({
  open: Effect.fnUntraced(function* <A, E, R>(stream: Stream.Stream<A, E, R>) {
    const pull = yield* Stream.toPull(Stream.rechunk(stream, 1))
    const context = yield* Effect.context<R>()
    const feed: Feed<A, E> = {
      take: pull.pipe(
        Effect.map((chunk) => chunk[0]),
        Effect.provideContext(context)
      )
    }
    return feed
  })
})

/** @category layers @since 0.1.0 */
export const layer: Layer.Layer<Infeed> = Layer.succeed(Infeed, make)

/**
 * `Outfeed` by a bounded queue.
 *
 * @since 0.1.0
 */
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import { type Drain, Outfeed } from "../../services/Outfeed.ts"

const open = Effect.fnUntraced(function* <A>(capacity: number) {
  const queue = yield* Number.isFinite(capacity) ? Queue.bounded<A, Cause.Done>(capacity) : Queue.unbounded<A, Cause.Done>()
  yield* Effect.addFinalizer(() => Queue.shutdown(queue))
  const drain: Drain<A> = {
    offer: (element) => Effect.asVoid(Queue.offer(queue, element)),
    end: Effect.asVoid(Queue.end(queue)),
    take: Queue.take(queue)
  }
  return drain
})

/** @category constructors @since 0.1.0 */
export const make = Outfeed.of({ open })

/** @category layers @since 0.1.0 */
export const layer: Layer.Layer<Outfeed> = Layer.succeed(Outfeed, make)

/** Never holds the device back; for tests that look at all outputs at the end. @category layers @since 0.1.0 */
export const layerMemory: Layer.Layer<Outfeed> = Layer.succeed(Outfeed, Outfeed.of({ open: <A>() => open<A>(Infinity) }))

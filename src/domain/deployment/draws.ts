/**
 * Several sources read by hand, one batch at a time.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Pull from "effect/Pull"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { InputSource, Position, PositionedExample } from "../Input.ts"

/** The next batch of a source; `undefined` once it has ended. @category models @since 0.1.0 */
export type Draw<E> = Effect.Effect<PositionedExample | undefined, E>

/** Starts each source at its position; nothing is read ahead, and all are closed with the scope. @category constructors @since 0.1.0 */
export const drawsOf = Effect.fnUntraced(function* <E, R>(
  sources: ReadonlyArray<InputSource<E, R>>,
  positions: ReadonlyArray<Position | undefined>
): Effect.fn.Return<ReadonlyArray<Draw<E>>, never, R | Scope.Scope> {
  const context = yield* Effect.context<R>()
  const draws: Array<Draw<E>> = []
  for (const [i, source] of sources.entries()) {
    const one = yield* Stream.toPull(Stream.rechunk(source.batches(positions[i]), 1))
    draws.push(
      one.pipe(
        Effect.map((chunk): PositionedExample | undefined => chunk[0]),
        Pull.catchDone(() => Effect.undefined),
        Effect.provideContext(context)
      )
    )
  }
  return draws
})

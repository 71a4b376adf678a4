import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { InputSource, PositionedExample } from "../../../src/domain/Input.ts"
import { leavesOf } from "../../../src/domain/batching.ts"

/** A batch as plain values. */
export const plain = ({ example, position }: PositionedExample) => ({
  position,
  leaves: leavesOf(example).map(({ name, value }) => [name, value.dtype, value.shape, [...value.data]])
})

/** From the position after batch k, for every k, a source yields just the batches after k. */
export const continues = <E, R>(source: InputSource<E, R>): Effect.Effect<void, E, R> =>
  Effect.gen(function* () {
    const all = (yield* Stream.runCollect(source.batches(undefined))).map(plain)
    for (let k = 0; k < all.length; k++) {
      const tail = (yield* Stream.runCollect(source.batches(all[k]!.position))).map(plain)
      assert.deepStrictEqual(tail, all.slice(k + 1), `after batch ${k}`)
    }
  })

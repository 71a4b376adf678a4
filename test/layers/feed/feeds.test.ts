import { assert, it } from "@effect/vitest"
import { Cause, Effect, Exit, Fiber, Schema, Stream } from "effect"
import * as InfeedPull from "../../../src/layers/feed/InfeedPull.ts"
import * as InfeedStream from "../../../src/layers/feed/InfeedStream.ts"
import * as OutfeedQueue from "../../../src/layers/feed/OutfeedQueue.ts"
import { Infeed } from "../../../src/services/Infeed.ts"
import { Outfeed } from "../../../src/services/Outfeed.ts"

class Broken extends Schema.TaggedError<Broken>()("Broken", {}) {}

const takeAll = <A, E>(take: Effect.Effect<A, E | Cause.Done>) =>
  Effect.gen(function* () {
    const seen: Array<A> = []
    const exit = yield* Effect.exit(Effect.forever(Effect.map(take, (a) => seen.push(a))))
    const reason = Exit.isFailure(exit) ? exit.cause.reasons[0]! : undefined
    const end = reason === undefined ? "?" : Cause.isFailReason(reason) ? (Cause.isDone(reason.error) ? "done" : String(reason.error)) : reason._tag
    return { seen, end }
  })

for (const [name, layer] of [
  ["InfeedStream", InfeedStream.layer],
  ["InfeedPull", InfeedPull.layer]
] as const) {
  it.effect(`${name}: every element in order, then Done`, () =>
    Effect.gen(function* () {
      const feed = yield* (yield* Infeed).open(Stream.range(1, 10), 2)
      assert.deepStrictEqual(yield* takeAll(feed.take), { seen: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], end: "done" })
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.effect(`${name}: a failure comes after the elements before it`, () =>
    Effect.gen(function* () {
      const feed = yield* (yield* Infeed).open(Stream.concat(Stream.make(1, 2, 3), Stream.fail(new Broken())), 8)
      const { end, seen } = yield* takeAll(feed.take)
      assert.deepStrictEqual(seen, [1, 2, 3])
      assert.include(end, "Broken")
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.effect(`${name}: closing the scope runs the stream's finalizers`, () =>
    Effect.gen(function* () {
      let closed = false
      yield* Effect.scoped(
        Effect.gen(function* () {
          const stream = Stream.concat(Stream.make(1), Stream.never).pipe(Stream.ensuring(Effect.sync(() => void (closed = true))))
          const feed = yield* (yield* Infeed).open(stream, 2)
          assert.strictEqual(yield* feed.take, 1)
          assert.isFalse(closed)
        })
      )
      assert.isTrue(closed)
    }).pipe(Effect.provide(layer))
  )
}

const reads = (prefetch: number) =>
  Effect.gen(function* () {
    let read = 0
    const source = Stream.range(1, 100).pipe(
      Stream.rechunk(1),
      Stream.tap(() => Effect.sync(() => void read++))
    )
    const feed = yield* (yield* Infeed).open(source, prefetch)
    yield* feed.take
    for (let i = 0; i < 200; i++) yield* Effect.yieldNow
    return read
  }).pipe(Effect.scoped)

it.effect("InfeedStream reads no further ahead than its prefetch, and one in hand", () =>
  Effect.gen(function* () {
    const read = yield* reads(3).pipe(Effect.provide(InfeedStream.layer))
    assert.isAtLeast(read, 4)
    assert.isAtMost(read, 6)
    assert.strictEqual(yield* reads(3).pipe(Effect.provide(InfeedPull.layer)), 1)
  })
)

it.effect("OutfeedQueue holds the device back while its capacity waits, and loses nothing", () =>
  Effect.gen(function* () {
    const drain = yield* (yield* Outfeed).open<number>(2)
    let offered = 0
    const producer = yield* Effect.forkChild(
      Effect.forEach([1, 2, 3, 4, 5], (i) =>
        Effect.andThen(
          drain.offer(i),
          Effect.sync(() => void offered++)
        )
      ).pipe(Effect.andThen(drain.end))
    )
    for (let i = 0; i < 50; i++) yield* Effect.yieldNow
    assert.strictEqual(offered, 2)
    assert.deepStrictEqual(yield* takeAll(drain.take), { seen: [1, 2, 3, 4, 5], end: "done" })
    yield* Fiber.join(producer)
  }).pipe(Effect.scoped, Effect.provide(OutfeedQueue.layer))
)

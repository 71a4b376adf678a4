import { assert, it } from "@effect/vitest"
import { Cause, Deferred, Effect, Exit, Fiber, Schema } from "effect"
import { TestClock } from "effect/testing"
import { PartyStalled } from "../../../src/domain/Errors.ts"
import * as RendezvousFibers from "../../../src/layers/feed/RendezvousFibers.ts"
import { Rendezvous } from "../../../src/services/Rendezvous.ts"

class Broken extends Schema.TaggedError<Broken>()("Broken", { party: Schema.String }) {}

const meet = <A, E, E2>(main: Effect.Effect<A, E>, parties: Record<string, Effect.Effect<void, E2>>, options?: RendezvousFibers.Options) =>
  Rendezvous.use((rendezvous) =>
    rendezvous.meet(
      main,
      Object.entries(parties).map(([name, effect]) => ({ name, effect }))
    )
  ).pipe(Effect.provide(RendezvousFibers.layer(options)))

/** The failures of a cause in order, as the names of the parties that had them. */
const failures = (exit: Exit.Exit<unknown, unknown>) =>
  Exit.isFailure(exit)
    ? exit.cause.reasons.map((reason) =>
        Cause.isFailReason(reason) ? (reason.error instanceof Broken ? reason.error.party : (reason.error as { _tag: string })._tag) : reason._tag
      )
    : "success"

const fail = (party: string) => Effect.fail(new Broken({ party }))

it.effect("gives the session's value once every party has ended", () =>
  Effect.gen(function* () {
    const gate = yield* Deferred.make<void>()
    const fiber = yield* Effect.forkChild(meet(Effect.succeed(7), { infeed: Deferred.await(gate), outfeed: Effect.void }))
    yield* TestClock.adjust("1 hour")
    assert.isUndefined(fiber.pollUnsafe())
    yield* Deferred.succeed(gate, undefined)
    assert.strictEqual(yield* Fiber.join(fiber), 7)
  })
)

for (const [first, second] of [
  ["session", "infeed"],
  ["session", "outfeed"],
  ["infeed", "session"],
  ["infeed", "outfeed"],
  ["outfeed", "session"],
  ["outfeed", "infeed"]
] as const) {
  it.effect(`${first} fails, then ${second} while it is shut down: both are kept, ${first} first`, () =>
    Effect.gen(function* () {
      const party = (name: string) =>
        name === first ? fail(name) : name === second ? Effect.never.pipe(Effect.onInterrupt(() => fail(name))) : Effect.never
      const exit = yield* Effect.exit(meet(party("session"), { infeed: party("infeed"), outfeed: party("outfeed") }))
      assert.deepStrictEqual(failures(exit), [first, second])
    })
  )
}

it.effect("a cancellation never masks the failure that caused it", () =>
  Effect.gen(function* () {
    const exit = yield* Effect.exit(meet(Effect.never, { infeed: fail("infeed"), outfeed: Effect.interrupt }))
    assert.deepStrictEqual(failures(exit), ["infeed"])
  })
)

it.effect("a defect is kept as a defect", () =>
  Effect.gen(function* () {
    const exit = yield* Effect.exit(meet(Effect.never, { infeed: Effect.die("boom") }))
    assert.deepStrictEqual(failures(exit), ["Die"])
  })
)

it.effect("a party that hangs is left behind at the deadline and named", () =>
  Effect.gen(function* () {
    const hung = Effect.uninterruptible(Effect.never)
    // a minute, where nothing else is said
    for (const [options, seconds] of [[{ deadline: "30 seconds" }, 30] as const, [undefined, 60] as const]) {
      const fiber = yield* Effect.forkChild(Effect.exit(meet(fail("session"), { infeed: hung }, options)))
      for (let i = 0; i < 50; i++) yield* Effect.yieldNow
      yield* TestClock.adjust(`${seconds - 1} seconds`)
      assert.isUndefined(fiber.pollUnsafe())
      yield* TestClock.adjust("1 second")
      const exit = yield* Fiber.join(fiber)
      assert.deepStrictEqual(failures(exit), ["session", "PartyStalled"])
      const stalled = Exit.isFailure(exit) ? exit.cause.reasons.flatMap((r) => (Cause.isFailReason(r) ? [r.error] : [])).at(-1) : undefined
      assert.deepStrictEqual(stalled, new PartyStalled({ party: "infeed", waitedMillis: seconds * 1000 }))
    }
  })
)

it.effect("interrupted from outside, it waits for every party's finalizers and stays interrupted", () =>
  Effect.gen(function* () {
    const log: Array<string> = []
    const slow = (name: string) =>
      Effect.never.pipe(
        Effect.onInterrupt(() =>
          Effect.delay(
            Effect.sync(() => log.push(name)),
            "1 second"
          )
        )
      )
    const fiber = yield* Effect.forkChild(meet(slow("session"), { infeed: slow("infeed") }))
    yield* TestClock.adjust("1 second")
    const done = yield* Effect.forkChild(Fiber.interrupt(fiber))
    yield* TestClock.adjust("500 millis")
    assert.deepStrictEqual(log, [])
    yield* TestClock.adjust("500 millis")
    for (let i = 0; i < 50; i++) yield* Effect.yieldNow
    assert.deepStrictEqual(log, ["session"], "the session first: it may need the others")
    yield* TestClock.adjust("1 second")
    yield* Fiber.join(done)
    assert.deepStrictEqual(log, ["session", "infeed"])
    const exit = yield* Effect.exit(Fiber.join(fiber))
    assert.isTrue(Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause))
  })
)

it.effect("the recorded layer tells every party's end in order", () =>
  Effect.gen(function* () {
    const log: Array<RendezvousFibers.Outcome> = []
    yield* Effect.exit(
      Rendezvous.use((r) => r.meet(Effect.never, [{ name: "infeed", effect: fail("infeed") }])).pipe(
        Effect.provide(RendezvousFibers.layerRecorded(log))
      )
    )
    assert.deepStrictEqual(
      log.map((outcome) => outcome.party),
      ["infeed", "session"]
    )
  })
)

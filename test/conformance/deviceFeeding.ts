/** The part of the device suite about batches going in, outputs coming out, and runs that end early. */
import { assert } from "@effect/vitest"
import type { Vitest } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { StepOutput } from "../../src/domain/Program.ts"
import type { Device, Executable } from "../../src/services/Device.ts"
import { linearBatch, linearLosses } from "./expected.ts"
import { bools, linear, linearRows } from "./programs.ts"
import { linearBatches, started, stepOf } from "./deviceSteps.ts"

type It = Vitest.MethodsNonLive<Device>

/** More batches than any engine may buffer. */
const many = 300

/** Lets other fibers, and the engine, get on. */
const turns = (n: number) => Effect.repeat(Effect.yieldNow, { times: n })

const taken = Effect.fnUntraced(function* (executable: Executable, count: number) {
  const outputs: Array<StepOutput> = []
  while (outputs.length < count) outputs.push(...(yield* executable.outfeed))
  return outputs
})

const stepNumbers = (outputs: ReadonlyArray<StepOutput>) => outputs.map((output) => output.outfeed[1]![0]!)

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1)

const bounded = (it: It, n: number) => {
  it.effect("holds feeders back and loses no batch", () =>
    Effect.gen(function* () {
      const executable = yield* started(linear(n))
      let fed = 0
      const batch = linearBatch(0, n * linearRows)
      const feeder = yield* Effect.forkChild(
        Effect.forEach(upTo(many), () => Effect.tap(executable.feed(batch), () => Effect.sync(() => void fed++)))
      )
      yield* turns(200)
      assert.isAtLeast(fed, 1)
      assert.isBelow(fed, many)
      const drain = yield* Effect.forkChild(taken(executable, many))
      assert.strictEqual((yield* executable.run(many)).completed, many)
      yield* Fiber.join(feeder)
      assert.strictEqual(fed, many)
      assert.deepStrictEqual(stepNumbers(yield* Fiber.join(drain)), upTo(many))
    })
  )

  it.effect("begins anew when initialised: what a run that was left had been fed, and its outputs, are gone", () =>
    Effect.gen(function* () {
      const executable = yield* started(linear(n))
      for (const batch of linearBatches(n, 0, 2)) yield* executable.feed(batch)
      yield* executable.run(1)
      yield* executable.endInput
      yield* executable.initialise(7)
      const [, , third] = linearBatches(n, 0, 3)
      yield* executable.feed(third!)
      const { losses } = yield* executable.run(1)
      assert.deepStrictEqual(stepNumbers(yield* executable.outfeed), [1])
      const fresh = yield* started(linear(n))
      yield* fresh.feed(third!)
      assert.deepStrictEqual([...losses], [...(yield* fresh.run(1)).losses])
    })
  )

  it.effect("reopened, it drops batches and outputs likewise, takes input again, and keeps its state", () =>
    Effect.gen(function* () {
      const executable = yield* started(linear(n))
      const [first, second, third] = linearBatches(n, 0, 3)
      for (const batch of [first!, second!]) yield* executable.feed(batch)
      yield* executable.run(1)
      yield* executable.endInput
      yield* executable.reopen
      const kept = yield* executable.readState
      yield* executable.feed(third!)
      const { losses } = yield* executable.run(1)
      // the second step's output alone: the first one's is gone
      assert.deepStrictEqual(stepNumbers(yield* executable.outfeed), [2])
      const other = yield* started(linear(n))
      yield* other.writeState(kept)
      yield* other.feed(third!)
      assert.deepStrictEqual([...losses], [...(yield* other.run(1)).losses])
      const untouched = yield* Effect.forkChild(executable.run(1))
      yield* turns(50)
      assert.isUndefined(untouched.pollUnsafe(), "it waits for a batch: the end of the input is forgotten")
      yield* executable.stop
      yield* Fiber.join(untouched)
    })
  )

  it.effect("holds steps back until their outputs are taken, and gives them in order", () =>
    Effect.gen(function* () {
      const executable = yield* started(linear(n))
      const batches = linearBatches(n, 0, many)
      yield* Effect.forkChild(Effect.forEach(batches, executable.feed))
      const run = yield* Effect.forkChild(executable.run(many))
      yield* turns(many * 4)
      assert.isUndefined(run.pollUnsafe())
      const outputs = yield* taken(executable, many)
      assert.deepStrictEqual(stepNumbers(outputs), upTo(many))
      const { completed, losses } = yield* Fiber.join(run)
      assert.strictEqual(completed, many)
      const expected = linearLosses(batches).losses
      outputs.forEach((output, i) => {
        assert.closeTo(output.loss, expected[i]!, 1e-4)
        assert.strictEqual(losses[i], Math.fround(output.loss))
      })
    })
  )

  it.effect("copies the batch it is fed", () =>
    Effect.gen(function* () {
      const executable = yield* started(linear(n))
      const batch = linearBatch(1, n * linearRows)
      const expected = linearLosses([[batch[0].slice(), batch[1].slice()]]).losses[0]!
      yield* executable.feed(batch)
      for (const leaf of batch) leaf.fill(1000)
      assert.closeTo((yield* executable.run(1)).losses[0]!, expected, 1e-5)
    })
  )

  it.effect("takes every number but 0 for true", () =>
    Effect.gen(function* () {
      const executable = yield* started(bools())
      yield* executable.writeState(new Map([["kept", { dtype: "bool", shape: [1], data: Uint8Array.of(254) }]]))
      yield* executable.feed([new Uint8Array(n).fill(2)])
      yield* executable.run(1)
      assert.deepStrictEqual([...(yield* executable.outfeed)[0]!.outfeed[0]!], new Array<number>(n).fill(6))
      assert.deepStrictEqual([...(yield* executable.readState).get("kept")!.data], [1])
    })
  )

  it.effect("interrupts a feeder that waits, and takes no part of its batch", () =>
    Effect.gen(function* () {
      const executable = yield* started(linear(n))
      let fed = 0
      const feeder = yield* Effect.forkChild(
        Effect.forever(Effect.flatMap(executable.feed(linearBatch(0, n * linearRows)), () => Effect.sync(() => void fed++)))
      )
      yield* turns(200)
      yield* Fiber.interrupt(feeder)
      const drain = yield* Effect.forkChild(taken(executable, fed))
      assert.strictEqual((yield* executable.run(fed)).completed, fed)
      yield* Fiber.join(drain)
      const empty = yield* Effect.forkChild(executable.run(1))
      yield* turns(50)
      assert.isUndefined(empty.pollUnsafe())
      yield* Fiber.interrupt(empty)
    })
  )
}

const ending = (it: It, n: number) => {
  it.effect("stops after the step it is in", () =>
    Effect.gen(function* () {
      const executable = yield* started(linear(n))
      yield* Effect.forkChild(Effect.forever(executable.feed(linearBatch(0, n * linearRows))))
      const run = yield* Effect.forkChild(executable.run(1_000_000))
      const first = yield* taken(executable, 3)
      yield* executable.stop
      const { completed, losses } = yield* Fiber.join(run)
      assert.isAtLeast(completed, first.length)
      assert.isBelow(completed, 1_000_000)
      assert.strictEqual(losses.length, completed)
      assert.strictEqual(yield* stepOf(executable), completed)
      assert.strictEqual((yield* executable.run(1)).completed, 1, "a stop ends one run only")
    })
  )

  it.effect("stops while it waits for a batch", () =>
    Effect.gen(function* () {
      const executable = yield* started(linear(n))
      const run = yield* Effect.forkChild(executable.run(10))
      for (const batch of linearBatches(n, 0, 2)) yield* executable.feed(batch)
      yield* taken(executable, 2)
      yield* executable.stop
      assert.strictEqual((yield* Fiber.join(run)).completed, 2)
      assert.strictEqual(yield* stepOf(executable), 2)
    })
  )

  it.effect("uses up what was fed before the end of the input, and waits for no more", () =>
    Effect.gen(function* () {
      const executable = yield* started(linear(n))
      const waiting = yield* Effect.forkChild(executable.run(10))
      for (const batch of linearBatches(n, 0, 2)) yield* executable.feed(batch)
      yield* executable.endInput
      assert.strictEqual((yield* Fiber.join(waiting)).completed, 2)
      assert.strictEqual((yield* executable.run(10)).completed, 0, "also a run that begins later")
      assert.strictEqual(yield* stepOf(executable), 2)
    })
  )

  it.effect("has no use for a stop between runs", () =>
    Effect.gen(function* () {
      const executable = yield* started(linear(n))
      yield* executable.stop
      yield* executable.feed(linearBatch(0, n * linearRows))
      assert.strictEqual((yield* executable.run(1)).completed, 1)
    })
  )

  it.effect("is left at a whole number of steps when interrupted", () =>
    Effect.gen(function* () {
      const executable = yield* started(linear(n))
      const batches = linearBatches(n, 0, 3)
      const run = yield* Effect.forkChild(executable.run(10))
      for (const batch of batches.slice(0, 2)) yield* executable.feed(batch)
      yield* taken(executable, 2)
      yield* Fiber.interrupt(run)
      assert.strictEqual(yield* stepOf(executable), 2)
      yield* executable.feed(batches[2]!)
      const { losses } = yield* executable.run(1)
      assert.closeTo(losses[0]!, linearLosses(batches).losses[2]!, 1e-5)
      assert.strictEqual(yield* stepOf(executable), 3)
    })
  )

  it.effect("reads the state once the run under way has ended", () =>
    Effect.gen(function* () {
      const executable = yield* started(linear(n))
      const run = yield* Effect.forkChild(executable.run(3))
      yield* turns(5)
      const reading = yield* Effect.forkChild(stepOf(executable))
      const drain = yield* Effect.forkChild(taken(executable, 3))
      for (const batch of linearBatches(n, 0, 3)) yield* executable.feed(batch)
      assert.strictEqual(yield* Fiber.join(reading), 3)
      assert.strictEqual((yield* Fiber.join(run)).completed, 3)
      yield* Fiber.join(drain)
    })
  )
}

/** @see deviceSuite */
export const feedingSuite = (it: It, n: number): void => {
  bounded(it, n)
  ending(it, n)
}

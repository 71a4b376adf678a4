/** The worker's side of a hosted engine, with an engine and a clock that the test moves. */
import { assert, describe, it } from "@effect/vitest"
import * as Builder from "../../../../src/domain/graph/Builder.ts"
import { Command, Word } from "../../../../src/layers/device/hosted/control.ts"
import { memoryFor, type HostedPlan } from "../../../../src/layers/device/hosted/Plan.ts"
import { serve } from "../../../../src/layers/device/hosted/serve.ts"

const slots = 64
const iterations = 1_000

const planOf = (): HostedPlan => {
  const layout = { replicas: 1, slots, state: [], infeed: [], outfeed: [], bytes: 8 }
  return { layout, init: Builder.make().build(), ...memoryFor(layout, iterations) }
}

interface Served {
  /** Steps of each call. */
  readonly calls: ReadonlyArray<number>
  /** Steps done before the stop was asked for, and in all. */
  readonly before: number
  readonly done: number
}

/**
 * A run of a thousand steps whose batches are always there and whose outputs are always taken, on an engine whose step takes
 * `milliseconds`; a stop is asked for during call `stopAt`.
 */
const served = async (most: number, milliseconds: (step: number) => number, stopAt: number): Promise<Served> => {
  const plan = planOf()
  const control = new Int32Array(plan.control)
  const calls: Array<number> = []
  let [clock, done, before] = [0, 0, 0]
  const keepFed = () => {
    Atomics.store(control, Word.fed, done + slots)
    Atomics.store(control, Word.taken, done)
  }
  const steps = (slot: number, out: number, count: number) => {
    assert.isAtMost(Math.max(slot, out) + count, slots, "no row of slots goes beyond the last")
    calls.push(count)
    if (calls.length === stopAt) {
      before = done
      Atomics.store(control, Word.stop, 1)
      Atomics.store(control, Word.command, Command.close)
    }
    for (const end = done + count; done < end; done++) clock += milliseconds(done)
    keepFed()
  }
  keepFed()
  Atomics.store(control, Word.argument0, iterations)
  Atomics.store(control, Word.command, Command.run)
  await serve({ postMessage: () => undefined }, plan, { most, steps }, () => clock)
  assert.strictEqual(Atomics.load(control, Word.done), done)
  return { calls, before, done }
}

describe("calls of several steps", () => {
  it("are of one step where a step is slow: a stop waits for that one only", async () => {
    const { before, calls, done } = await served(slots, () => 1_100, 5)
    assert.deepStrictEqual(calls, [1, 1, 1, 1, 1])
    assert.strictEqual(done - before, 1)
  })

  it("begin with one step and double, up to as many as the engine can do", async () => {
    const { calls } = await served(slots, () => 0.01, 9)
    // the seventh ends at the last slot
    assert.deepStrictEqual(calls, [1, 2, 4, 8, 16, 32, 1, 64, 64])
  })

  it("are no longer than a fifth of a second", async () => {
    const { calls } = await served(slots, () => 25, 8)
    assert.deepStrictEqual(calls.slice(0, 6), [1, 2, 4, 8, 8, 8])
  })

  it("become short at once when steps become slow, and long again", async () => {
    // the first step compiles
    const { calls } = await served(slots, (step) => (step === 0 ? 9_000 : step >= 32 && step < 64 ? 150 : 0), 11)
    assert.deepStrictEqual(calls, [1, 1, 2, 4, 8, 16, 32, 1, 2, 4, 8])
  })

  it("are of one step for an engine that does no more, without a look at the clock", async () => {
    const { calls } = await served(1, () => NaN, 3)
    assert.deepStrictEqual(calls, [1, 1, 1])
  })
})

/** One-step descents and probes for the tests of hooks. */
import { Effect, Fiber, Stream } from "effect"
import * as TestClock from "effect/testing/TestClock"
import type { RunConfigInput } from "../../../src/domain/RunConfig.ts"
import { make as tensor } from "../../../src/domain/Tensor.ts"
import * as Estimator from "../../../src/programs/Estimator.ts"
import type { Hook } from "../../../src/services/Hooks.ts"
import { descent } from "../models.ts"

export const labels = (values: ReadonlyArray<number>) => ({
  features: tensor(Float32Array.from(values), [values.length]),
  labels: tensor(Float32Array.from(values), [values.length])
})

export const descending = (config: RunConfigInput = {}) =>
  Estimator.make({ modelFn: descent, params: { rate: 0.25 }, config: { iterationsPerLoop: 1, logStepCountSteps: 0, ...config } })

/** Batches of one row each. */
export const rows = (...values: ReadonlyArray<number>) => Stream.fromIterable(values.map((y) => labels([y])))

/** `count` batches of the row 1: the loss falls to a quarter at each step, 1, 1/4, 1/16, … */
export const ones = (count: number) => rows(...Array.from({ length: count }, () => 1))

/** Every run takes so much virtual time. Give it first. */
export const slow = (millis: number): Hook => ({ name: "slow", afterRun: () => Effect.as(TestClock.adjust(millis), "continue" as const) })

/** The global steps at which runs ended, as a hook that comes after others sees them. */
export const recordSteps = (into: Array<number>): Hook => ({
  name: "steps",
  afterRun: ({ step }) =>
    Effect.sync(() => {
      into.push(step)
      return "continue" as const
    })
})

/** Runs the effect while virtual time goes on in steps of a second; also gives the time that it took, in whole seconds. */
export const inTime = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<readonly [value: A, seconds: number], E, R> =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(effect)
    let seconds = 0
    for (; fiber.pollUnsafe() === undefined && seconds < 1000; seconds++) {
      // what does not wait for the clock comes first
      for (let i = 0; i < 200 && fiber.pollUnsafe() === undefined; i++) yield* Effect.yieldNow
      if (fiber.pollUnsafe() !== undefined) break
      yield* TestClock.adjust("1 second")
    }
    return [yield* Fiber.join(fiber), seconds] as const
  })

/** The same program on both engines: only the device's layer differs. */
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, Fiber, Layer } from "effect"
import { program as transformerXl } from "../../examples/transformer-xl/main.ts"
import { DeviceOnnx, DeviceReference, Estimator, EstimatorTest } from "../../src/index.ts"
import type { Device } from "../../src/services/Device.ts"
import { batches, makeRecurrent, recordLosses, seekable } from "./models.ts"

const onnx = (options: DeviceOnnx.Options = {}) =>
  Layer.mergeAll(Layer.provideMerge(DeviceOnnx.layer(options), EstimatorTest.layer()), NodeServices.layer)
const reference = (replicas: number) => Layer.mergeAll(EstimatorTest.layer({ replicas }), NodeServices.layer)

/** Two layers of width 16 on real text, 8 rows a step. */
const parts = transformerXl.make({
  ...transformerXl.params,
  layers: 2,
  width: 16,
  heads: 2,
  inner: 32,
  memory: 8,
  segment: 8,
  batch: 8,
  learningRate: 3e-3
})

const lossesOf = (dropout: number) =>
  Effect.gen(function* () {
    const losses: Array<number> = []
    const { estimator, train } = parts
    yield* Estimator.train(
      { ...estimator, params: { ...estimator.params, dropout }, config: { iterationsPerLoop: 4 } },
      { input: train!, maxSteps: 5, hooks: [recordLosses(losses)] }
    )
    return losses
  })

const agree = (a: ReadonlyArray<number>, b: ReadonlyArray<number>, tolerance: number) => {
  assert.strictEqual(a.length, b.length)
  for (const [i, loss] of a.entries()) assert.closeTo(loss, b[i]!, tolerance, `step ${i + 1}`)
}

it.live(
  "Transformer-XL: the engines agree with 1, 2 and 4 replicas, and the replicas with one another",
  () =>
    Effect.gen(function* () {
      const whole = yield* lossesOf(0).pipe(Effect.provide(reference(1)))
      for (const replicas of [1, 2, 4]) {
        agree(yield* lossesOf(0).pipe(Effect.provide(reference(replicas))), whole, 1e-4)
        agree(yield* lossesOf(0).pipe(Effect.provide(onnx({ replicas }))), whole, 1e-4)
      }
      // the random draws are the same bits on both engines, and others on each replica
      for (const replicas of [1, 2]) {
        const dropped = yield* lossesOf(0.2).pipe(Effect.provide(reference(replicas)))
        agree(yield* lossesOf(0.2).pipe(Effect.provide(onnx({ replicas }))), dropped, 1e-4)
        assert.isAbove(Math.abs(dropped[3]! - whole[3]!), 1e-3)
      }
    }),
  180_000
)

it.live("ONNX with one thread: the losses after an interruption and a resumption are those of the whole run, bit for bit", () =>
  Effect.gen(function* () {
    const total = 12
    const input = seekable(batches(total, 4))
    const whole: Array<number> = []
    yield* Estimator.train(makeRecurrent(), { input, hooks: [recordLosses(whole)] })
    for (const at of [1, 5, 11]) {
      const parts: Array<number> = []
      const estimator = makeRecurrent({ modelDir: `onnx-${at}` })
      const run = yield* Effect.forkChild(
        Estimator.train(estimator, {
          input,
          hooks: [recordLosses(parts), { name: "pause", beforeRun: ({ step }) => (step === at ? Effect.never : Effect.void) }]
        })
      )
      while (parts.length < at) yield* Effect.yieldNow
      yield* Fiber.interrupt(run)
      yield* Estimator.train(estimator, { input, hooks: [recordLosses(parts)] })
      assert.deepStrictEqual(parts, whole)
    }
  }).pipe(Effect.provide(onnx({ threads: 1, replicas: 2 })))
)

it.live("a checkpoint of one engine goes on on the other", () =>
  Effect.gen(function* () {
    const input = seekable(batches(8, 4))
    const whole: Array<number> = []
    yield* Estimator.train(makeRecurrent(), { input, hooks: [recordLosses(whole)] })
    const parts: Array<number> = []
    const estimator = makeRecurrent({ modelDir: "moves" })
    const on = (device: Layer.Layer<Device>, maxSteps: number) =>
      Estimator.train(estimator, { input, maxSteps, hooks: [recordLosses(parts)] }).pipe(Effect.provide(device))
    yield* on(DeviceOnnx.layer(), 3)
    yield* on(DeviceReference.layer(), 6)
    yield* on(DeviceOnnx.layer(), 8)
    agree(parts, whole, 1e-5)
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.live("two estimators train at once on different engines", () =>
  Effect.gen(function* () {
    const losses: [Array<number>, Array<number>] = [[], []]
    const run = (device: Layer.Layer<Device>, into: Array<number>) =>
      Estimator.train(makeRecurrent(), { input: seekable(batches(10, 4)), hooks: [recordLosses(into)] }).pipe(Effect.provide(device))
    yield* Effect.all([run(DeviceOnnx.layer(), losses[0]), run(DeviceReference.layer(), losses[1])], { concurrency: 2 })
    agree(losses[0], losses[1], 1e-5)
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

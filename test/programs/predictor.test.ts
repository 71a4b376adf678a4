/** Predictions on demand: one program for many calls. */
import { assert, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Stream } from "effect"
import { DeviceOnnx, Estimator, EstimatorTest, type Model } from "../../src/index.ts"
import { batches, makeRecurrent, recurrent, seekable } from "./models.ts"

const input = Stream.fromIterable(batches(3, 4))
const errors = <E, R>(stream: Stream.Stream<Estimator.Prediction, E, R>) =>
  Effect.map(Stream.runCollect(stream), (rows) => [...rows].map(({ error }) => error!.data[0]!))

const engines = { reference: Layer.empty, onnx: DeviceOnnx.layer({ replicas: 2 }) }

for (const [engine, layer] of Object.entries(engines)) {
  it.live(`a predictor compiles once, and gives what predict gives (${engine})`, () =>
    Effect.gen(function* () {
      let traced = 0
      const estimator = {
        ...makeRecurrent({ modelDir: "served" }),
        modelFn: (given: Model.ModelInput<{ readonly dropout: number }>) => {
          traced++
          return recurrent(given)
        }
      }
      yield* Estimator.train(estimator, { input: seekable(batches(2, 4)), steps: 2 })
      const first = yield* errors(Estimator.predict(estimator, { input }))
      traced = 0
      const { predict } = yield* Estimator.predictor(estimator)
      assert.deepStrictEqual(yield* errors(predict({ input })), first)
      const once = traced
      // each call begins with a fresh cache
      assert.deepStrictEqual(yield* errors(predict({ input })), first)
      // a stream that is left early leaves nothing for the next
      assert.deepStrictEqual(yield* errors(Stream.take(predict({ input: Stream.forever(input) }), 3)), first.slice(0, 3))
      assert.deepStrictEqual(yield* errors(predict({ input })), first)
      assert.strictEqual(traced, once)
      // the newest checkpoint is taken at each call
      yield* Estimator.train(estimator, { input: seekable(batches(4, 4)), steps: 2 })
      const later = yield* errors(Estimator.predict(estimator, { input }))
      assert.notDeepEqual(later, first)
      assert.deepStrictEqual(yield* errors(predict({ input })), later)
    }).pipe(Effect.scoped, Effect.provide(layer.pipe(Layer.provideMerge(EstimatorTest.layer({ replicas: 2 })))))
  )
}

it.live("calls take turns: one that waits can be given up, and the next goes on when the first has ended", () =>
  Effect.gen(function* () {
    const { predict } = yield* Estimator.predictor(makeRecurrent())
    const alone = yield* errors(predict({ input }))
    const both = yield* Effect.all([errors(predict({ input })), errors(predict({ input }))], { concurrency: 2 })
    assert.deepStrictEqual(both, [alone, alone])
    yield* Effect.scoped(
      Effect.gen(function* () {
        const holding = yield* Stream.toPull(predict({ input: Stream.forever(input) }))
        yield* holding
        const waiting = yield* Effect.forkChild(errors(predict({ input })))
        yield* Effect.yieldNow
        yield* Fiber.interrupt(waiting)
      })
    )
    assert.deepStrictEqual(yield* errors(predict({ input })), alone)
  }).pipe(Effect.scoped, Effect.provide(EstimatorTest.layer()))
)

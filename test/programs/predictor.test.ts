/** Predictions on demand: one program for many calls. */
import { assert, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import { Effect, Fiber, Layer, Stream } from "effect"
import { CrossReplicaOptimizer, DeviceOnnx, Estimator, EstimatorTest, type Model, Tensor } from "../../src/index.ts"
import { CheckpointStore } from "../../src/services/CheckpointStore.ts"
import { Device } from "../../src/services/Device.ts"
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

/** Looks ids up in a table of four: 99 is out of range when the step runs. */
const lookup: Model.ModelFn = ({ features, variables }) => {
  const table = variables.get("table", [4], { initializer: () => tf.tensor1d([10, 11, 12, 13]) })
  return { predictions: { found: tf.gather(table, features as tf.Tensor1D) } }
}
const ask = (id: number) => ({ input: Stream.make({ features: Tensor.make(Int32Array.of(id), [1]) }) })

for (const [engine, layer] of Object.entries({ reference: Layer.empty, onnx: DeviceOnnx.layer() })) {
  it.live(`a request that fails on the device fails alone (${engine})`, () =>
    Effect.gen(function* () {
      const { predict } = yield* Estimator.predictor(Estimator.make({ modelFn: lookup }))
      const found = (id: number) => Effect.map(Stream.runCollect(predict(ask(id))), (rows) => [...rows].map((row) => row["found"]!.data[0]))
      assert.deepStrictEqual(yield* found(1), [11])
      assert.strictEqual((yield* Effect.flip(found(99)))._tag, "ExecuteError")
      assert.deepStrictEqual(yield* found(2), [12])
    }).pipe(Effect.scoped, Effect.provide(layer.pipe(Layer.provideMerge(EstimatorTest.layer()))))
  )
}

it.live("a model that was trained anew to the same step is the one that predicts; a compile that is given up holds nothing", () =>
  Effect.gen(function* () {
    const descent = (y: number, modelDir: string) =>
      Effect.gen(function* () {
        const estimator = Estimator.make({ modelFn: moving, config: { modelDir } })
        yield* Estimator.train(estimator, { input: Stream.make({ features: Tensor.make(Float32Array.of(y), [1]) }) })
        return yield* (yield* CheckpointStore).load((yield* (yield* CheckpointStore).latest(modelDir))!.path)
      })
    const store = yield* CheckpointStore
    yield* descent(1, "again")
    const { predict } = yield* Estimator.predictor(Estimator.make({ modelFn: moving, config: { modelDir: "again" } }))
    const value = Effect.map(
      Stream.runCollect(predict({ input: Stream.make({ features: Tensor.make(Float32Array.of(0), [1]) }) })),
      ([row]) => row!["w"]!.data[0]!
    )
    const first = yield* value
    const other = yield* descent(5, "other")
    yield* store.save("again", other, 5, { everyHours: undefined, steps: undefined })
    assert.notStrictEqual(yield* value, first)
    // compiling closes what it has opened when nobody waits for it any more
    let open = 0
    const inner = yield* Device
    const slow = Device.of({
      ...inner,
      compile: () =>
        Effect.andThen(
          Effect.acquireRelease(
            Effect.sync(() => void open++),
            () => Effect.sync(() => void open--)
          ),
          Effect.never
        )
    })
    const slowly = yield* Effect.provideService(Estimator.predictor(Estimator.make({ modelFn: lookup })), Device, slow)
    const waiting = yield* Effect.forkChild(Stream.runDrain(slowly.predict(ask(1))))
    while (open === 0) yield* Effect.yieldNow
    yield* Fiber.interrupt(waiting)
    assert.strictEqual(open, 0)
  }).pipe(Effect.scoped, Effect.provide(EstimatorTest.layer()))
)

/** One step of descent towards the batch. */
const moving: Model.ModelFn = ({ features, mode, variables }) => {
  const w = variables.get("w", [1], { initializer: () => tf.zeros([1]) })
  if (mode === "predict") return { predictions: { w: tf.add(w, tf.mul(features, 0)) } }
  return { loss: new CrossReplicaOptimizer(tf.train.sgd(0.25)).minimize(() => tf.mean<tf.Scalar>(tf.square(tf.sub(w, features)))) }
}

/** Calls of one predictor that would wait for themselves or for nobody, and what a call finds of the one before. */
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import { Effect, Fiber, FileSystem, Layer, Stream } from "effect"
import { TestClock } from "effect/testing"
import { CrossReplicaOptimizer, DeviceOnnx, Estimator, EstimatorTest, type Model, Tensor } from "../../src/index.ts"
import * as CheckpointStoreFile from "../../src/layers/storage/CheckpointStoreFile.ts"
import { CheckpointStore } from "../../src/services/CheckpointStore.ts"
import { Device } from "../../src/services/Device.ts"
import { batches, makeRecurrent } from "./models.ts"

const input = Stream.fromIterable(batches(2, 4))

it.effect("a prediction asked for within the stream of another, or its input, is an error; the predictor goes on", () =>
  Effect.gen(function* () {
    const { predict } = yield* Estimator.predictor(makeRecurrent())
    const once = Stream.runCount(predict({ input }))
    const within = yield* Effect.flip(Stream.runForEach(predict({ input }), () => once))
    assert.include(within, { _tag: "PredictorTaken", reason: "Nested" })
    const inInput = yield* Effect.flip(Stream.runDrain(predict({ input: Stream.tap(input, () => once) })))
    assert.include(inInput, { _tag: "PredictorTaken", reason: "Nested" })
    const second = yield* Estimator.predictor(makeRecurrent())
    yield* Stream.runForEach(predict({ input }), () => Stream.runCount(second.predict({ input })))
    assert.strictEqual(yield* once, 8)
  }).pipe(Effect.scoped, Effect.provide(EstimatorTest.layer()))
)

it.effect("one asked for in a host call, which runs in a fiber of the program's own, is an error, too", () =>
  Effect.gen(function* () {
    let ask: Effect.Effect<unknown, unknown> = Effect.void
    const estimator = Estimator.make({
      modelFn: ({ features }: Model.ModelInput<undefined>) => ({
        predictions: { y: tf.neg(features) },
        hostCall: { tensors: { y: features }, call: () => ask }
      }),
      config: {}
    })
    const { predict } = yield* Estimator.predictor(estimator)
    const ones = Stream.make({ features: Tensor.make(Float32Array.of(1, 1), [2, 1]) })
    const services = yield* Effect.context<Estimator.EstimatorServices>()
    const once = Stream.runCount(predict({ input: ones })).pipe(Effect.provide(services))
    ask = once
    assert.include(yield* Effect.flip(once), { _tag: "PredictorTaken", reason: "Nested" })
    ask = Effect.void
    assert.strictEqual(yield* once, 2)
  }).pipe(Effect.scoped, Effect.provide(EstimatorTest.layer()))
)

it.effect("one that waits for a stream that nobody reads gives up, not for one whose batch is awaited", () =>
  Effect.gen(function* () {
    const { predict } = yield* Estimator.predictor(makeRecurrent(), { patienceSecs: 60 })
    const once = Stream.runCount(predict({ input }))
    yield* Effect.scoped(
      Effect.gen(function* () {
        const slow = Stream.concat(input, Stream.never)
        const holding = yield* Stream.toPull(predict({ input: slow, yieldSingleExamples: false }))
        yield* holding
        const waiting = yield* Effect.forkChild(Effect.flip(once))
        yield* TestClock.adjust("59 seconds")
        assert.isUndefined(waiting.pollUnsafe())
        yield* TestClock.adjust("1 second")
        assert.include(yield* Fiber.join(waiting), { _tag: "PredictorTaken", reason: "Unread" })
        // the second batch comes; for the third it is the input that keeps everybody waiting
        yield* holding
        const reading = yield* Effect.forkChild(holding)
        yield* Effect.yieldNow
        const patient = yield* Effect.forkChild(once)
        yield* TestClock.adjust("10 minutes")
        assert.isUndefined(patient.pollUnsafe())
        yield* Fiber.interrupt(patient)
        yield* Fiber.interrupt(reading)
      })
    )
    assert.strictEqual(yield* once, 8)
    const wrong = yield* Estimator.predictor(makeRecurrent(), { patienceSecs: 0 })
    assert.include(yield* Effect.flip(Stream.runDrain(wrong.predict({ input }))), { _tag: "ConfigError", key: "patienceSecs" })
  }).pipe(Effect.scoped, Effect.provide(EstimatorTest.layer()))
)

/** Counts in a variable that prediction changes, too, and in its cache. */
const counting: Model.ModelFn = ({ cache, features, mode, variables }) => {
  const w = variables.get("w", [1], { initializer: () => tf.tensor1d([3]) })
  const seen = variables.get("seen", [1], { initializer: () => tf.zeros([1]), trainable: false })
  const next = tf.add(cache[0]!, tf.reshape(features, [-1]))
  const result = { cache: [next], predictions: { y: tf.add(tf.mul(next, w), seen) } }
  if (mode === "predict") seen.assign(tf.add(seen, tf.ones([1])))
  if (mode === "predict") return result
  return { ...result, loss: new CrossReplicaOptimizer(tf.train.sgd(0.1)).minimize(() => tf.mean<tf.Scalar>(tf.mul(w, features))) }
}

const calls = {
  memory: (replicas: number) => Layer.provideMerge(NodeServices.layer, EstimatorTest.layer({ replicas })),
  files: (replicas: number) =>
    CheckpointStoreFile.layer.pipe(
      Layer.provideMerge(NodeServices.layer),
      Layer.provideMerge(DeviceOnnx.layer({ replicas })),
      Layer.provideMerge(EstimatorTest.layer({ replicas }))
    )
}

for (const [store, layer] of Object.entries(calls)) {
  it.live(`while the checkpoint is the same a call only sets back what steps change (${store})`, () =>
    Effect.gen(function* () {
      const modelDir = `${yield* (yield* FileSystem.FileSystem).makeTempDirectoryScoped()}/run`
      const estimator = Estimator.make({ modelFn: counting, cacheFn: (rows) => [tf.zeros([rows])], config: { modelDir } })
      const ones = { features: Tensor.make(Float32Array.of(1, 1), [2, 1]) }
      const train = Estimator.train(estimator, { input: Stream.forever(Stream.make(ones)), steps: 1 })
      yield* train
      let [initialised, loaded] = [0, 0]
      const [device, checkpoints] = [yield* Device, yield* CheckpointStore]
      const watchedDevice = Device.of({
        ...device,
        compile: (program) =>
          Effect.map(device.compile(program), (executable) => ({
            ...executable,
            initialise: (seed) => Effect.tap(executable.initialise(seed), () => Effect.sync(() => void initialised++))
          }))
      })
      const watchedStore = CheckpointStore.of({
        ...checkpoints,
        load: (path) => Effect.tap(checkpoints.load(path), () => Effect.sync(() => void loaded++))
      })
      const { predict } = yield* Estimator.predictor(estimator).pipe(
        Effect.provideService(Device, watchedDevice),
        Effect.provideService(CheckpointStore, watchedStore)
      )
      const ys = Effect.map(Stream.runCollect(predict({ input: Stream.make(ones, ones) })), (rows) => [...rows].map(({ y }) => y!.data[0]))
      const first = yield* ys
      assert.notStrictEqual(first[0], first[2])
      for (let i = 0; i < 3; i++) assert.deepStrictEqual(yield* ys, first)
      assert.deepStrictEqual([initialised, loaded], [1, 1])
      yield* train
      const later = yield* ys
      assert.notDeepEqual(later, first)
      assert.deepStrictEqual(yield* ys, later)
      assert.deepStrictEqual([initialised, loaded], [2, 2])
    }).pipe(Effect.scoped, Effect.provide(layer(2)))
  )
}

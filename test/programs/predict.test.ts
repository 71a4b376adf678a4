/** Rows of the behaviour table about predictions: their form and size, failures of the device, and leaving them early. */
import * as tf from "@tensorflow/tfjs-core"
import { assert, it } from "@effect/vitest"
import { Effect, Layer, Stream } from "effect"
import { ExecuteError } from "../../src/domain/Errors.ts"
import { Estimator, EstimatorTest, type Hooks, type Model } from "../../src/index.ts"
import { Device } from "../../src/services/Device.ts"
import { make as tensor } from "../../src/domain/Tensor.ts"
import { labels, wrapped } from "./labelled.ts"

/** Each feature, and the feature with its square; the cache counts the batches. */
const squares: Model.ModelFn<undefined> = ({ cache, features }) => {
  const count = tf.add(cache[0]!, 1)
  return { predictions: { x: features, pair: tf.stack([features, tf.square(features)], 1), count }, cache: [count] }
}
const estimator = Estimator.make({ modelFn: squares, cacheFn: (rows) => [tf.zeros([rows])], predictBatchSize: 4 })
const six = Stream.make({ features: labels([1, 2, 3, 4]).features }, { features: labels([5, 6]).features })

const plain = (prediction: Estimator.Prediction) =>
  Object.fromEntries(Object.entries(prediction).map(([name, { data, shape }]) => [name, [shape, [...data]]]))

for (const replicas of [1, 2]) {
  it.effect(`[row 155] example by example without the batch axis, or batch by batch without padding (${replicas} replicas)`, () =>
    Effect.gen(function* () {
      const predicted = (options: { readonly yieldSingleExamples?: boolean }) =>
        Estimator.predict(estimator, { input: six, ...options }).pipe(Stream.map(plain), Stream.runCollect)
      const batches = [
        {
          x: [[4], [1, 2, 3, 4]],
          pair: [
            [4, 2],
            [1, 1, 2, 4, 3, 9, 4, 16]
          ],
          count: [[4], [1, 1, 1, 1]]
        },
        {
          x: [[2], [5, 6]],
          pair: [
            [2, 2],
            [5, 25, 6, 36]
          ],
          count: [[2], [2, 2]]
        }
      ]
      assert.deepStrictEqual(yield* predicted({ yieldSingleExamples: false }), batches)
      const single = [1, 2, 3, 4, 5, 6].map((x) => ({ x: [[], [x]], pair: [[2], [x, x * x]], count: [[], [x > 4 ? 2 : 1]] }))
      assert.deepStrictEqual(yield* predicted({ yieldSingleExamples: true }), single)
      assert.deepStrictEqual(yield* predicted({}), single)
    }).pipe(Effect.provide(EstimatorTest.layer({ replicas })))
  )
}

const ofOne = (count: number) => Stream.fromIterable(Array.from({ length: count }, () => ({ features: labels([1, 1]).features })))

it.effect("[row 123] predictions too carry the cache over their device runs", () =>
  Effect.gen(function* () {
    const counts = yield* Estimator.predict({ ...estimator, predictBatchSize: 2 }, { input: ofOne(70) }).pipe(
      Stream.map(({ count }) => count!.data[0]!),
      Stream.runCollect
    )
    assert.deepStrictEqual(
      counts,
      Array.from({ length: 140 }, (_, i) => 1 + Math.floor(i / 2))
    )
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

const gone = new ExecuteError({ engine: "test", reason: "DeviceLost", detail: "power" })

for (const [what, failing] of [
  [
    "run",
    () => {
      let runs = 0
      return wrapped((executable) => ({ ...executable, run: (n) => (runs++ === 1 ? Effect.fail(gone) : executable.run(n)) }))
    }
  ],
  ["feed", () => wrapped((executable) => ({ ...executable, feed: () => Effect.fail(gone) }))],
  ["outfeed", () => wrapped((executable) => ({ ...executable, outfeed: Effect.fail(gone) }))]
] as const) {
  it.effect(`[row 149] a device that fails in ${what} is the failure of a prediction and of an evaluation, and no end of the input`, () =>
    Effect.gen(function* () {
      const seen: Array<unknown> = []
      const predictions = Estimator.predict({ ...estimator, predictBatchSize: 2 }, { input: Stream.concat(ofOne(70), Stream.never) })
      const error = yield* predictions.pipe(
        Stream.runForEach((prediction) => Effect.sync(() => seen.push(prediction))),
        Effect.provide(failing()),
        Effect.flip
      )
      assert.strictEqual(error, gone)
      // the first run's 32 batches of two come before the failure of the second
      assert.strictEqual(seen.length, what === "run" ? 64 : 0)
      const evaluated = { ...estimator, modelFn: (input: Model.ModelInput<undefined>) => ({ ...squares(input), loss: tf.mean(input.features) }) }
      assert.strictEqual(yield* Effect.flip(Effect.provide(Estimator.evaluate(evaluated, { input: ofOne(70) }), failing())), gone)
    }).pipe(Effect.provide(EstimatorTest.layer()))
  )
}

it.effect("[row 156] a stream that is left early has closed everything when it ends: the hooks end before the device", () =>
  Effect.gen(function* () {
    const log: Array<string> = []
    const note = (text: string) => Effect.sync(() => void log.push(text))
    const closing = Layer.effect(
      Device,
      Effect.map(Device, (inner) =>
        Device.of({
          ...inner,
          compile: (program) =>
            Effect.andThen(
              Effect.addFinalizer(() => note("device")),
              inner.compile(program)
            )
        })
      )
    )
    const end: Hooks.Hook = { name: "end", end: () => note("hooks") }
    // goes on for ever after 40 batches
    const input = Stream.concat(ofOne(40), Stream.never).pipe(Stream.ensuring(note("input")))
    for (const count of [3, 80]) {
      log.length = 0
      const predictions = Estimator.predict({ ...estimator, predictBatchSize: 2 }, { input, hooks: [end] }).pipe(Stream.take(count))
      assert.strictEqual(yield* Effect.provide(Stream.runCount(predictions), closing), count)
      assert.strictEqual(log[0], "hooks")
      // an input that is waited for just then is let go with the run
      assert.deepStrictEqual([...log].sort(), ["device", "hooks", "input"])
    }
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("[row 154] predictions of a gibibyte and more a step are refused before the program is compiled, with key and shape of each", () => {
  let compiled = 0
  const counting = Layer.effect(
    Device,
    Effect.map(Device, (inner) =>
      Device.of({
        ...inner,
        compile: (program) =>
          Effect.suspend(() => {
            compiled++
            return inner.compile(program)
          })
      })
    )
  )
  return Effect.gen(function* () {
    const wide = (width: number): Model.ModelFn<undefined> => {
      return ({ batchSize, features }) => ({
        predictions: { wide: tf.broadcastTo(tf.reshape(features, [batchSize, 1]), [batchSize, width]), id: features }
      })
    }
    const of = (width: number) => Estimator.predict(Estimator.make({ modelFn: wide(width) }), { input: Stream.make(batch) })
    const batch = { features: tensor(new Float32Array(4), [4]) }
    // 4 rows of 2^26 - 1 and 1 elements of 4 bytes
    const error = yield* Effect.flip(Stream.runDrain(of(2 ** 26 - 1)))
    assert.deepInclude(error, { _tag: "ConfigError", key: "predictBatchSize" })
    for (const text of ["less than 1073741824 bytes", "got 1073741824", "wide f32[4,67108863]", "id f32[4]"]) assert.include(error.message, text)
    assert.strictEqual(compiled, 0)
    assert.strictEqual(yield* Stream.runCount(of(8)), 4)
    assert.strictEqual(compiled, 1)
  }).pipe(Effect.provide(Layer.provideMerge(counting, EstimatorTest.layer({ replicas: 2 }))))
})

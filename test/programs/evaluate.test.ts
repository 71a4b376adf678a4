import * as tf from "@tensorflow/tfjs-core"
import { assert, it } from "@effect/vitest"
import { Effect, Fiber, Schema, Stream } from "effect"
import type { RunEvent } from "../../src/domain/Events.ts"
import type { Example } from "../../src/domain/Input.ts"
import { make as tensor, type Tensor } from "../../src/domain/Tensor.ts"
import { CrossReplicaOptimizer, Estimator, EstimatorTest, Metrics, type Model } from "../../src/index.ts"
import { labels } from "./labelled.ts"
import { batches, makeRecurrent, recordEvents, recordLosses, recurrent, seekable } from "./models.ts"

/** The first `rows` examples of one long batch, in batches of at most `size`. */
const split = (rows: number, size: number): ReadonlyArray<Example> => {
  const [all] = batches(1, rows)
  const x = (all!.features as Tensor).data
  const y = (all!.labels as Tensor).data
  return Array.from({ length: Math.ceil(rows / size) }, (_, k) => {
    const from = k * size
    const to = Math.min(rows, from + size)
    return { features: tensor(x.slice(from * 2, to * 2), [to - from, 2]), labels: tensor(y.slice(from, to), [to - from, 1]) }
  })
}

/** Without a cache between batches, so that the split into batches makes no difference. */
const estimatorOf = (size: number) => {
  return Estimator.make({
    modelFn: (input: Model.ModelInput<{ readonly dropout: number }>) => {
      const { cache: _, ...spec } = recurrent({ ...input, cache: [tf.zeros([input.batchSize, 3])] })
      return spec
    },
    params: { dropout: 0 },
    evalBatchSize: size,
    predictBatchSize: size
  })
}

for (const replicas of [1, 2]) {
  it.effect(`counts every example once, whatever the batch size (${replicas} replicas)`, () =>
    Effect.gen(function* () {
      const results = yield* Effect.forEach([10, 4, 2], (size) =>
        Estimator.evaluate(estimatorOf(size), { input: Stream.fromIterable(split(10, size)) })
      )
      for (const result of results) {
        assert.strictEqual(result.examples, 10)
        assert.closeTo(result.metrics["mse"]!, results[0]!.metrics["mse"]!, 1e-6)
      }
    }).pipe(Effect.provide(EstimatorTest.layer({ replicas })))
  )

  it.effect(`predicts every example once, in order (${replicas} replicas)`, () =>
    Effect.gen(function* () {
      const predict = (size: number) =>
        Estimator.predict(estimatorOf(size), { input: Stream.fromIterable(split(10, size)) }).pipe(
          Stream.map(({ error }) => error!.data[0]!),
          Stream.runCollect
        )
      const whole = [...(yield* predict(10))]
      assert.strictEqual(whole.length, 10)
      for (const size of [4, 2]) {
        for (const [i, error] of [...(yield* predict(size))].entries()) assert.closeTo(error, whole[i]!, 1e-6)
      }
    }).pipe(Effect.provide(EstimatorTest.layer({ replicas })))
  )
}

it.effect("evaluates the newest checkpoint and reports it as an event", () =>
  Effect.gen(function* () {
    const events: Array<RunEvent> = []
    const estimator = makeRecurrent({ modelDir: "eval" })
    const missing = yield* Effect.flip(Estimator.evaluate(estimator, { input: seekable(batches(3, 4)) }))
    assert.include(missing.message, "train first")
    const before = yield* Estimator.evaluate({ ...estimator, config: {} }, { input: seekable(batches(3, 4)) })
    yield* Estimator.train(estimator, { input: seekable(batches(60, 4)) })
    const after = yield* Estimator.evaluate(estimator, { input: seekable(batches(3, 4)) }).pipe(Effect.provide(recordEvents(events)))
    assert.strictEqual(after.globalStep, 60)
    assert.isBelow(after.metrics["mse"]!, before.metrics["mse"]!)
    assert.deepInclude(events.at(-2), { event: "eval", step: 60, examples: 12, loss: after.loss })
    assert.deepStrictEqual(events.at(-1), { event: "end", mode: "evaluate", step: 60, reason: "done" })
    const limited = yield* Estimator.evaluate(estimator, { input: seekable(batches(3, 4)), steps: 2 })
    assert.strictEqual(limited.examples, 8)
    // the cache starts anew at each evaluation
    assert.deepStrictEqual(yield* Estimator.evaluate(estimator, { input: seekable(batches(3, 4)) }), after)
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

/** The cache is the sum of each row's features so far, and the loss its mean over the rows. */
const summing = Estimator.make({
  modelFn: ({ cache, features, mode, variables }: Model.ModelInput<undefined>) => {
    const total = tf.add(cache[0]!, features)
    const w = variables.get("w", [1], { initializer: () => tf.zeros([1]) })
    const lossOf = () => tf.mean<tf.Scalar>(tf.add(total, w))
    // trained at rate 0: its weight stays 0
    const loss = mode === "train" ? new CrossReplicaOptimizer(tf.train.sgd(0)).minimize(lossOf) : lossOf()
    return { loss, cache: [total], evalMetrics: { total: { tensors: { total }, metric: Metrics.mean("total") } } }
  },
  cacheFn: (rows) => [tf.zeros([rows])]
})

it.effect("[row 123] the cache goes through the whole evaluation, over its device runs, and begins anew with each call", () =>
  Effect.gen(function* () {
    const few = Estimator.evaluate(summing, { input: Stream.fromIterable([labels([1, 10]), labels([2, 20]), labels([3, 30])]) })
    // sums 1, 10; 3, 30; 6, 60
    for (const result of [yield* few, yield* few]) {
      assert.closeTo(result.loss, (5.5 + 16.5 + 33) / 3, 1e-5)
      assert.closeTo(result.metrics["total"]!, 55 / 3, 1e-5)
    }
    const many = Stream.fromIterable(Array.from({ length: 70 }, () => labels([1, 3])))
    // rows at 1, 2, 3, … 70 and three times that: the mean is 2 * 71 / 2
    assert.closeTo((yield* Estimator.evaluate(summing, { input: many })).loss, 71, 1e-3)
    // the first 40 of them
    assert.closeTo((yield* Estimator.evaluate(summing, { input: many, steps: 40 })).loss, 41, 1e-3)
  }).pipe(Effect.provide(EstimatorTest.layer({ replicas: 2 })))
)

it.effect(
  "[row 137] steps is the number of batches, whatever iterationsPerLoop is; what is no positive whole number is refused before the input is read",
  () =>
    Effect.gen(function* () {
      let read = 0
      const input = Stream.fromIterable([1, 2, 3, 4].map((y) => labels([y, y]))).pipe(
        Stream.rechunk(1),
        Stream.tap(() => Effect.sync(() => void read++))
      )
      for (const steps of [0, -1, 1.5, NaN, Infinity]) {
        const error = yield* Effect.flip(Estimator.evaluate(summing, { input, steps }))
        assert.deepInclude(error, { _tag: "ConfigError", key: "steps" })
        assert.include(error.message, `expected a positive whole number, got ${steps}`)
      }
      assert.strictEqual(read, 0)
      for (const iterationsPerLoop of [1, 100]) {
        const { examples, loss } = yield* Estimator.evaluate(Estimator.configure(summing, { iterationsPerLoop }), { input, steps: 3 })
        // sums 1, 3, 6
        assert.strictEqual(examples, 6)
        assert.closeTo(loss, 10 / 3, 1e-6)
      }
      assert.strictEqual((yield* Estimator.evaluate(summing, { input, steps: 9 })).examples, 8)
    }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("[row 113] the cache function is told the rows of a replica and the mode, and its tensors are what the first step gets", () =>
  Effect.gen(function* () {
    const asked: Array<readonly [number, string]> = []
    const estimator = {
      ...summing,
      cacheFn: (rows: number, mode: string) => {
        asked.push([rows, mode])
        return [tf.fill([rows], mode === "evaluate" ? 100 : 7)]
      }
    }
    const input = Stream.make(labels([1, 2, 3, 4]), labels([1, 2, 3, 4]))
    const losses: Array<number> = []
    yield* Estimator.train(Estimator.configure(estimator, { iterationsPerLoop: 1 }), { input, hooks: [recordLosses(losses)] })
    assert.deepStrictEqual(losses, [9.5, 12])
    assert.closeTo((yield* Estimator.evaluate(estimator, { input })).loss, (102.5 + 105) / 2, 1e-4)
    assert.deepStrictEqual([...new Set(asked.map(String))], ["2,train", "2,evaluate"])
  }).pipe(Effect.provide(EstimatorTest.layer({ replicas: 2 })))
)

it.effect("[row 210] an evaluation begins with a cache of its own, not with that of the training before it", () =>
  Effect.gen(function* () {
    const input = Stream.make(labels([1]), labels([2]), labels([3]))
    const estimator = Estimator.configure(summing, { modelDir: "sums", iterationsPerLoop: 1 })
    const losses: Array<number> = []
    for (const steps of [1, 2]) {
      yield* Estimator.train(estimator, { input: Stream.forever(Stream.make(labels([10]))), steps, hooks: [recordLosses(losses)] })
      // sums 1, 3, 6
      assert.closeTo((yield* Estimator.evaluate(estimator, { input })).loss, 10 / 3, 1e-6)
    }
    // and the training goes on with its own
    assert.deepStrictEqual(losses, [10, 20, 30])
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

class Torn extends Schema.TaggedError<Torn>()("Torn", {}) {}

it.effect("an empty input is an error to evaluate and an empty stream to predict", () =>
  Effect.gen(function* () {
    const error = yield* Effect.flip(Estimator.evaluate(makeRecurrent(), { input: Stream.empty }))
    assert.include(error.message, "nothing to evaluate")
    assert.deepStrictEqual([...(yield* Stream.runCollect(Estimator.predict(makeRecurrent(), { input: Stream.empty })))], [])
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("predictions made before a failure of the input come first", () =>
  Effect.gen(function* () {
    const input = Stream.concat(Stream.fromIterable(batches(2, 4)), Stream.fail(new Torn()))
    let seen = 0
    const error = yield* Estimator.predict(makeRecurrent(), { input }).pipe(
      Stream.runForEach(() => Effect.sync(() => void seen++)),
      Effect.flip
    )
    assert.instanceOf(error, Torn)
    assert.strictEqual(seen, 8)
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("predict runs no further ahead than its buffers, and leaving the stream closes the input", () =>
  Effect.gen(function* () {
    let read = 0
    let closed = false
    const input = Stream.fromIterable(batches(1000, 4)).pipe(
      Stream.rechunk(1),
      Stream.tap(() => Effect.sync(() => void read++)),
      Stream.ensuring(Effect.sync(() => void (closed = true)))
    )
    const taken = yield* Estimator.predict(makeRecurrent(), { input, yieldSingleExamples: false }).pipe(Stream.take(3), Stream.runCollect)
    assert.strictEqual([...taken].length, 3)
    assert.isTrue(closed)
    assert.isBelow(read, 200)
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("a prediction that waits for its input can be interrupted", () =>
  Effect.gen(function* () {
    let seen = 0
    const input = Stream.concat(Stream.fromIterable(batches(2, 4)), Stream.never)
    const fiber = yield* Effect.forkChild(Stream.runForEach(Estimator.predict(makeRecurrent(), { input }), () => Effect.sync(() => void seen++)))
    while (seen < 8) yield* Effect.yieldNow
    yield* Fiber.interrupt(fiber)
    assert.isDefined(fiber.pollUnsafe())
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

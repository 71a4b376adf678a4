/** Rows of the behaviour table about what a model function is given and gives: host calls, cache, losses. */
import { NodeServices } from "@effect/platform-node"
import * as tf from "@tensorflow/tfjs-core"
import { assert, it } from "@effect/vitest"
import { Cause, Effect, Exit, Layer, Stream } from "effect"
import { program as transformerXl } from "../../examples/transformer-xl/main.ts"
import { CrossReplicaOptimizer, Estimator, EstimatorTest, Metrics, type Model } from "../../src/index.ts"
import type { Hook } from "../../src/services/Hooks.ts"
import { labels } from "./labelled.ts"
import { descent, recordLosses } from "./models.ts"

it.effect("[row 22] [row 40] [row 44] without sizes, parameters and configuration the first batch decides, and nothing is saved", () =>
  Effect.gen(function* () {
    const seen: Array<unknown> = []
    const modelFn: Model.ModelFn<undefined> = ({ batchSize, labels: y, mode, params, replicas, variables }) => {
      seen.push([mode, batchSize, replicas, y.shape, params])
      const lossOf = () => tf.mean<tf.Scalar>(tf.square(tf.sub(variables.get("w", [1]), y)))
      return { loss: new CrossReplicaOptimizer(tf.train.sgd(0.1)).minimize(lossOf) }
    }
    const result = yield* Estimator.train(Estimator.make({ modelFn }), { input: Stream.make(labels([1, 2, 3, 4]), labels([1, 2, 3, 4])) })
    assert.strictEqual(result.globalStep, 2)
    assert.deepStrictEqual([...new Set(seen.map((one) => JSON.stringify(one)))], ['["train",2,2,[2],null]'])
  }).pipe(Effect.provide(EstimatorTest.layer({ replicas: 2 })))
)

/** `descent` that tells the host its labels, and which step the device thinks it is in. */
const telling = (call: Model.HostCall["call"]): Model.ModelFn<{ readonly rate: number }> => {
  return (input) => ({
    ...descent(input),
    hostCall: { tensors: { y: input.labels, before: tf.mul(tf.ones([input.batchSize], "int32"), input.globalStep) }, call }
  })
}

it.effect(
  "[row 86] [row 87] [row 88] [row 89] in training the host call gets each step's tensors by name, joined over the replicas, once and in order",
  () =>
    Effect.gen(function* () {
      const told: Array<unknown> = []
      const modelFn = telling(({ before, y }, step) => void told.push([step, [...before!.data], [...y!.data]]))
      const estimator = Estimator.make({ modelFn, params: { rate: 0.25 }, config: { iterationsPerLoop: 2 } })
      yield* Estimator.train(estimator, { input: Stream.make(labels([1, 2, 3, 4]), labels([5, 6, 7, 8]), labels([9, 10, 11, 12])) })
      // what is computed within a step sees the global step before it
      assert.deepStrictEqual(told, [
        [1, [0, 0, 0, 0], [1, 2, 3, 4]],
        [2, [1, 1, 1, 1], [5, 6, 7, 8]],
        [3, [2, 2, 2, 2], [9, 10, 11, 12]]
      ])
    }).pipe(Effect.provide(EstimatorTest.layer({ replicas: 2 })))
)

it.effect("[row 90] in evaluation host call and metrics see every batch once, without padding", () =>
  Effect.gen(function* () {
    const told: Array<ReadonlyArray<number>> = []
    const modelFn: Model.ModelFn<{ readonly rate: number }> = (input) => ({
      ...telling(({ y }) => void told.push([...y!.data]))(input),
      evalMetrics: { mean: { tensors: { y: input.labels }, metric: Metrics.mean("y") } }
    })
    const estimator = Estimator.make({ modelFn, params: { rate: 0.25 }, evalBatchSize: 4 })
    const { metrics } = yield* Estimator.evaluate(estimator, { input: Stream.make(labels([1, 2, 3, 4]), labels([5, 6])) })
    assert.deepStrictEqual(told, [
      [1, 2, 3, 4],
      [5, 6]
    ])
    assert.closeTo(metrics["mean"]!, 3.5, 1e-6)
  }).pipe(Effect.provide(EstimatorTest.layer({ replicas: 2 })))
)

it.effect("[row 91] a host call may be made for every so many steps only, the first among them", () =>
  Effect.gen(function* () {
    const told: Array<number> = []
    const every = (everySteps: number) => {
      const call = telling((_, step) => void told.push(step))
      const modelFn: typeof call = (input) => {
        const spec = call(input)
        return { ...spec, hostCall: { ...spec.hostCall!, everySteps } }
      }
      const input = Stream.fromIterable(Array.from({ length: 8 }, () => labels([1])))
      return Estimator.train(Estimator.make({ modelFn, params: { rate: 0.25 }, config: { iterationsPerLoop: 2 } }), { input, maxSteps: 8 })
    }
    yield* every(3)
    assert.deepStrictEqual(told, [1, 4, 7])
    assert.include((yield* Effect.flip(every(0))).message, "hostCall.everySteps is 0")
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("[row 49] what a host call throws ends the run, and is shown as it is", () =>
  Effect.gen(function* () {
    const modelFn = telling(() => {
      throw new TypeError("no such writer")
    })
    const exit = yield* Effect.exit(Estimator.train(Estimator.make({ modelFn, params: { rate: 0.25 } }), { input: Stream.make(labels([1])) }))
    assert.isTrue(Exit.isFailure(exit) && Cause.pretty(exit.cause).includes("no such writer"))
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("[row 125] no gradient goes through the cache: each step is a step of the optimizer of its own", () =>
  Effect.gen(function* () {
    const losses: Array<number> = []
    // were the cache of step t differentiated, w would fall by more than the rate at each step
    const modelFn: Model.ModelFn<undefined> = ({ cache, features, variables }) => {
      const w = variables.get("w", [1], { initializer: () => tf.zeros([1]) })
      const { loss, next } = new CrossReplicaOptimizer(tf.train.sgd(0.5)).minimize(() => ({
        loss: tf.add(tf.sum(w), tf.mean(cache[0]!)) as tf.Scalar,
        next: tf.mul(features, w)
      }))
      return { loss, cache: [next] }
    }
    const estimator = Estimator.make({ modelFn, cacheFn: (rows) => [tf.zeros([rows])], config: { iterationsPerLoop: 1 } })
    yield* Estimator.train(estimator, { input: Stream.make(labels([3]), labels([3]), labels([3])), hooks: [recordLosses(losses)] })
    // w = 0, -0.5, -1; cache = 0, 3 * 0, 3 * -0.5
    assert.deepStrictEqual(losses, [0, -0.5, -2.5])
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("[row 115] [row 116] [row 198] the cache is made for a replica's rows, and for the whole batch where it is broadcast", () =>
  Effect.gen(function* () {
    const rowsIn = (perHostInput: "PerHostV1" | "Broadcast") =>
      Effect.gen(function* () {
        const rows = new Set<number>()
        const estimator = Estimator.make({
          modelFn: (input: Model.ModelInput<{ readonly rate: number }>) => ({ ...descent(input), cache: input.cache }),
          cacheFn: (count) => {
            rows.add(count)
            return [tf.zeros([count])]
          },
          params: { rate: 0.25 },
          config: { tpu: { perHostInput } }
        })
        yield* Estimator.train(estimator, { input: Stream.make(labels([1, 2, 3, 4])) })
        return [...rows]
      })
    assert.deepStrictEqual(yield* rowsIn("PerHostV1"), [2])
    assert.deepStrictEqual(yield* rowsIn("Broadcast"), [4])
  }).pipe(Effect.provide(EstimatorTest.layer({ replicas: 2 })))
)

it.effect("[row 126] [row 127] Transformer-XL: a memory holds just what a longer segment would see, and may be short or empty", () =>
  Effect.gen(function* () {
    const loss = (segment: number, memory: number, steps: number) => {
      const small = { layers: 1, width: 16, heads: 2, inner: 16, batch: 1 }
      const { estimator, evaluate } = transformerXl.make({ ...transformerXl.params, ...small, segment, memory })
      return Effect.map(Estimator.evaluate({ ...estimator, config: {} }, { input: evaluate!, steps }), (result) => result.loss)
    }
    // the second half of 16 tokens: as a segment after a memory of the first half, and as part of one segment
    const withMemory = 2 * (yield* loss(8, 8, 2)) - (yield* loss(8, 8, 1))
    const whole = 2 * (yield* loss(16, 0, 1)) - (yield* loss(8, 0, 1))
    assert.closeTo(withMemory, whole, 1e-5)
    const short = 2 * (yield* loss(8, 3, 2)) - (yield* loss(8, 3, 1))
    assert.isTrue(Number.isFinite(short))
    assert.isAbove(Math.abs(short - whole), 1e-6)
  }).pipe(Effect.provide(Layer.mergeAll(EstimatorTest.layer(), NodeServices.layer)))
)

it.effect("[row 28] an estimator can be made of anything; whether its batch can be divided shows when it runs", () =>
  Effect.gen(function* () {
    const estimator = Estimator.make({ modelFn: descent, params: { rate: 0.25 }, trainBatchSize: 3 })
    const error = yield* Effect.flip(Estimator.train(estimator, { input: Stream.make(labels([1, 2, 3])) }))
    assert.deepInclude(error, { _tag: "InputError", reason: "NotDivisible" })
    assert.include(error.message, "3 rows cannot be split over 2 replicas")
    // evaluated by itself it has another size
    assert.strictEqual((yield* Estimator.evaluate(estimator, { input: Stream.make(labels([1, 2])) })).examples, 2)
  }).pipe(Effect.provide(EstimatorTest.layer({ replicas: 2 })))
)

it.effect("[row 129] [row 130] [row 136] the reported loss is the last step's, or the mean over the steps that the run did have", () =>
  Effect.gen(function* () {
    const run = (trackMean: boolean) =>
      Effect.gen(function* () {
        const losses: Array<readonly [number, number]> = []
        const hook: Hook = {
          name: "losses",
          afterRun: (_, { iterations, loss }) =>
            Effect.as(
              Effect.sync(() => losses.push([iterations, loss])),
              "continue" as const
            )
        }
        // w = 0, 1, 3, 8: each step goes all the way to the label
        const estimator = Estimator.make({ modelFn: descent, params: { rate: 0.5 }, config: { iterationsPerLoop: 3, trackMean } })
        const input = Stream.fromIterable([1, 3, 8, 12].map((y) => labels([y])))
        yield* Estimator.train(estimator, { input, maxSteps: 4, hooks: [hook] })
        // a run that the end of the input cuts short has the steps that it has
        yield* Estimator.train(Estimator.configure(estimator, { iterationsPerLoop: 50, trackMean }), { input, hooks: [hook] })
        return losses
      })
    assert.deepStrictEqual(yield* run(false), [
      [3, 25],
      [1, 16],
      [4, 16]
    ])
    assert.deepStrictEqual(yield* run(true), [
      [3, (1 + 4 + 25) / 3],
      [1, 16],
      [4, (1 + 4 + 25 + 16) / 4]
    ])
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

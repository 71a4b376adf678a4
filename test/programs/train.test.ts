import * as tf from "@tensorflow/tfjs-core"
import { assert, it } from "@effect/vitest"
import { Cause, Effect, Exit, Fiber, Layer, Schema, Stream } from "effect"
import * as EstimatorTest from "../../src/EstimatorTest.ts"
import type { RunEvent } from "../../src/domain/Events.ts"
import { make as tensor } from "../../src/domain/Tensor.ts"
import { Estimator, type Model } from "../../src/index.ts"
import * as CheckpointStoreMemory from "../../src/layers/storage/CheckpointStoreMemory.ts"
import { CheckpointStore } from "../../src/services/CheckpointStore.ts"
import type { Hook } from "../../src/services/Hooks.ts"
import { batches, descent, makeRecurrent, recordEvents, recordLosses, seekable } from "./models.ts"

const labels = (values: ReadonlyArray<number>) => ({
  features: tensor(Float32Array.from(values), [values.length]),
  labels: tensor(Float32Array.from(values), [values.length])
})
const descending = (config = {}) => Estimator.make({ modelFn: descent, params: { rate: 0.25 }, config: { iterationsPerLoop: 1, ...config } })

/** Weights after each step of `descent` on batches with these means, from 0. */
const weights = (means: ReadonlyArray<number>) =>
  means.reduce<Array<number>>((all, y) => [...all, (all.at(-1) ?? 0) + 0.5 * (y - (all.at(-1) ?? 0))], [])

it.effect("follows plain gradient descent, step by step", () =>
  Effect.gen(function* () {
    const losses: Array<number> = []
    const input = Stream.fromIterable([labels([1, 3]), labels([2, 2]), labels([0, 0])])
    const result = yield* Estimator.train(descending(), { input, hooks: [recordLosses(losses)] })
    // w = 0, 1, 1.5: losses mean((0-1)^2,(0-3)^2), (1-2)^2, 1.5^2
    assert.deepStrictEqual(losses, [5, 1, 2.25])
    assert.deepStrictEqual(result, { globalStep: 3, steps: 3, loss: 2.25 })
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("stops at steps, counts on to maxSteps, and has nothing to do once there", () =>
  Effect.gen(function* () {
    const estimator = descending({ modelDir: "m" })
    const train = (options: { steps?: number; maxSteps?: number }) =>
      Estimator.train(estimator, { input: Stream.fromIterable(Array.from({ length: 50 }, () => labels([4]))), ...options })
    assert.strictEqual((yield* train({ steps: 3 })).globalStep, 3)
    assert.strictEqual((yield* train({ steps: 4 })).globalStep, 7)
    assert.deepStrictEqual(yield* train({ maxSteps: 9 }).pipe(Effect.map((r) => [r.globalStep, r.steps])), [9, 2])
    assert.deepStrictEqual(yield* train({ maxSteps: 9 }), { globalStep: 9, steps: 0, loss: NaN })
    const error = yield* Effect.flip(train({ steps: 1, maxSteps: 2 }))
    assert.strictEqual(error._tag, "ConfigError")
    const zero = yield* Effect.flip(train({ steps: 0 }))
    assert.include(zero.message, "positive")
    const store = yield* CheckpointStore
    const saved = yield* store.load((yield* store.latest("m"))!.path)
    assert.closeTo(saved.state.get("w")!.data[0]!, weights(Array(9).fill(4)).at(-1)!, 1e-6)
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("the losses after a resumption at any step are those of the run that was not interrupted, bit for bit", () =>
  Effect.gen(function* () {
    const total = 8
    const input = seekable(batches(total, 4))
    const whole: Array<number> = []
    yield* Estimator.train(makeRecurrent({ modelDir: "whole" }), { input, hooks: [recordLosses(whole)] })
    assert.strictEqual(whole.length, total)
    assert.strictEqual(new Set(whole).size, total)
    for (let at = 1; at < total; at++) {
      const parts: Array<number> = []
      const estimator = makeRecurrent({ modelDir: `parts-${at}` })
      yield* Estimator.train(estimator, { input, maxSteps: at, hooks: [recordLosses(parts)] })
      yield* Estimator.train(estimator, { input, hooks: [recordLosses(parts)] })
      assert.deepStrictEqual(parts, whole, `resumed at step ${at}`)
    }
  }).pipe(Effect.provide(EstimatorTest.layer({ replicas: 2 })))
)

it.effect("interrupted, it finishes the step, saves it, and the next run goes on from there", () =>
  Effect.gen(function* () {
    const input = seekable(batches(8, 4))
    const whole: Array<number> = []
    yield* Estimator.train(makeRecurrent(), { input, hooks: [recordLosses(whole)] })
    const parts: Array<number> = []
    const ends: Array<number> = []
    const events: Array<RunEvent> = []
    const estimator = makeRecurrent({ modelDir: "interrupted" })
    const pause: Hook = {
      name: "pause",
      beforeRun: ({ step }) => (step === 3 ? Effect.never : Effect.void),
      end: ({ step }) => Effect.sync(() => void ends.push(step))
    }
    const fiber = yield* Effect.forkChild(
      Estimator.train(estimator, { input, hooks: [recordLosses(parts), pause] }).pipe(Effect.provide(recordEvents(events)))
    )
    while (parts.length < 3) yield* Effect.yieldNow
    yield* Fiber.interrupt(fiber)
    const exit = yield* Effect.exit(Fiber.join(fiber))
    assert.isTrue(Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause))
    assert.deepStrictEqual(ends, [3])
    assert.deepInclude(events.at(-1), { event: "end", step: 3, reason: "interrupted" })
    const saved = yield* (yield* CheckpointStore).latest("interrupted")
    assert.strictEqual(saved?.step, 3)
    yield* Estimator.train(estimator, { input, hooks: [recordLosses(parts)] })
    assert.deepStrictEqual(parts, whole)
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

class Torn extends Schema.TaggedError<Torn>()("Torn", {}) {}
class Late extends Schema.TaggedError<Late>()("Late", {}) {}

it.effect("meets a failure of the input after the batches before it, and saves them", () =>
  Effect.gen(function* () {
    const losses: Array<number> = []
    const input = Stream.concat(Stream.fromIterable([labels([1]), labels([2]), labels([3])]), Stream.fail(new Torn()))
    const error = yield* Effect.flip(Estimator.train(descending({ modelDir: "torn" }), { input, hooks: [recordLosses(losses)] }))
    assert.instanceOf(error, Torn)
    assert.strictEqual(losses.length, 3)
    assert.strictEqual((yield* (yield* CheckpointStore).latest("torn"))?.step, 3)
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("refuses a batch that differs, after the batches before it", () =>
  Effect.gen(function* () {
    const losses: Array<number> = []
    const input = Stream.fromIterable([labels([1, 1]), labels([2, 2]), { features: tensor(new Float32Array(2), [2]) }])
    const error = yield* Effect.flip(Estimator.train(descending(), { input, hooks: [recordLosses(losses)] }))
    assert.strictEqual(error._tag, "InputError")
    assert.include(error.message, "KeysChanged (labels, batch 2)")
    assert.strictEqual(losses.length, 2)
    const empty = yield* Effect.flip(Estimator.train(descending(), { input: Stream.empty }))
    assert.include(empty.message, "no batches")
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("a NaN loss ends the run and is never saved", () =>
  Effect.gen(function* () {
    const input = Stream.fromIterable([labels([1]), labels([NaN]), labels([1])])
    const error = yield* Effect.flip(Estimator.train(descending({ modelDir: "nan", saveCheckpointsSteps: 1 }), { input }))
    assert.deepInclude(error, { _tag: "NanLossError", step: 2 })
    assert.strictEqual((yield* (yield* CheckpointStore).latest("nan"))?.step, 1)
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("calls hooks at their points, in order; a stop ends the run after it; end comes also after a failure", () =>
  Effect.gen(function* () {
    const log: Array<string> = []
    const note = (text: string) => Effect.sync(() => void log.push(text))
    const hook = (name: string, stopAt = Infinity): Hook => ({
      name,
      begin: note(`${name} begin`),
      afterCreate: ({ step }) => note(`${name} create ${step}`),
      beforeRun: ({ step }) => note(`${name} before ${step}`),
      afterRun: ({ step }, { iterations }) => Effect.as(note(`${name} after ${step} (${iterations})`), step >= stopAt ? "stop" : "continue"),
      end: ({ step }) => note(`${name} end ${step}`)
    })
    const input = Stream.fromIterable([1, 2, 3, 4, 5, 6].map((y) => labels([y])))
    const estimator = descending({ iterationsPerLoop: 2 })
    yield* Estimator.train(estimator, { input, hooks: [hook("a", 3), hook("b")] })
    const both = (text: string) => [`a ${text}`, `b ${text}`]
    const points = ["begin", "create 0", "before 0", "after 2 (2)", "before 2", "after 4 (2)", "end 4"]
    assert.deepStrictEqual(log, points.flatMap(both))
    log.length = 0
    const failing: Hook<Torn> = { name: "failing", afterRun: () => Effect.fail(new Torn()) }
    assert.instanceOf(yield* Effect.flip(Estimator.train(estimator, { input, hooks: [failing, hook("b")] })), Torn)
    assert.deepStrictEqual(log, ["b begin", "b create 0", "b before 0", "b end 2"])
    // an end that fails keeps no other from being called, and is a failure of the run
    log.length = 0
    const badEnd: Hook<Late> = { name: "bad end", end: () => Effect.fail(new Late()) }
    assert.instanceOf(yield* Effect.flip(Estimator.train(estimator, { input, hooks: [hook("a"), badEnd, hook("b")] })), Late)
    assert.deepStrictEqual(log.slice(-2), ["a end 6", "b end 6"])
    const twice = yield* Effect.exit(Estimator.train(estimator, { input, hooks: [failing, badEnd, hook("b")] }))
    assert.deepStrictEqual(Exit.isFailure(twice) ? twice.cause.reasons.map((reason) => Cause.isFailReason(reason) && reason.error._tag) : [], [
      "Torn",
      "Late"
    ])
    assert.strictEqual(log.at(-1), "b end 2")
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("[row 107] splits the batch over replicas: 4 of 2 rows give the losses of 1 of 8; gradients that are not added up are refused", () =>
  Effect.gen(function* () {
    const run = (replicas: number) =>
      Effect.gen(function* () {
        const losses: Array<number> = []
        const estimator = { ...makeRecurrent(), params: { dropout: 0 }, trainBatchSize: 8 }
        yield* Estimator.train(estimator, { input: seekable(batches(6, 8)), hooks: [recordLosses(losses)] })
        return losses
      }).pipe(Effect.provide(EstimatorTest.layer({ replicas })))
    const one = yield* run(1)
    for (const replicas of [2, 4]) {
      const many = yield* run(replicas)
      for (const [i, loss] of many.entries()) assert.closeTo(loss, one[i]!, 1e-5)
    }
    const plain = Estimator.make({
      modelFn: ({ labels: y, variables }: Model.ModelInput<undefined>) => {
        const w = variables.get("w", [1])
        return { loss: tf.train.sgd(0.1).minimize(() => tf.mean<tf.Scalar>(tf.square(tf.sub(w, y))), true)! }
      }
    })
    const train = (replicas: number) =>
      Estimator.train(plain, { input: Stream.make(labels([1, 2])) }).pipe(Effect.provide(EstimatorTest.layer({ replicas })))
    const error = yield* Effect.flip(train(2))
    assert.deepInclude(error, { _tag: "TraceError", reason: "InvalidSpec" })
    assert.include(error.message, "new CrossReplicaOptimizer(optimizer)")
    // one replica has nothing to add up
    assert.strictEqual((yield* train(1)).steps, 1)
  })
)

it.effect("carries the cache through the run, or starts it anew at each device run", () =>
  Effect.gen(function* () {
    const run = (config: object) =>
      Effect.gen(function* () {
        const losses: Array<number> = []
        yield* Estimator.train(makeRecurrent(config), { input: seekable(batches(6, 4)), hooks: [recordLosses(losses)] })
        return losses
      })
    const carried = yield* run({ iterationsPerLoop: 3 })
    assert.deepStrictEqual(yield* run({ iterationsPerLoop: 1 }), carried)
    const looped = yield* run({ iterationsPerLoop: 3, cachePolicy: "loop" })
    assert.deepStrictEqual(looped.slice(0, 3), carried.slice(0, 3))
    assert.notStrictEqual(looped[3], carried[3])
    // the cache that a checkpoint holds is of no use there
    const resumed: Array<number> = []
    const estimator = makeRecurrent({ iterationsPerLoop: 3, cachePolicy: "loop", modelDir: "looped" })
    for (const maxSteps of [3, 6]) yield* Estimator.train(estimator, { input: seekable(batches(6, 4)), maxSteps, hooks: [recordLosses(resumed)] })
    assert.deepStrictEqual(resumed, looped)
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("reports the last loss of a run, or its mean with trackMean, and logs what follows from it", () =>
  Effect.gen(function* () {
    const input = Stream.fromIterable([labels([1, 3]), labels([2, 2])])
    const events: Array<RunEvent> = []
    const estimator = descending({ iterationsPerLoop: 2, trackMean: true })
    const result = yield* Estimator.train(estimator, { input, maxSteps: 2 }).pipe(Effect.provide(recordEvents(events)))
    assert.strictEqual(result.loss, 3)
    const time = "1970-01-01T00:00:00.000Z"
    assert.deepStrictEqual(events[0], { event: "begin", mode: "train", engine: "reference", replicas: 1, step: 0, time, params: { rate: 0.25 } })
    const train = events.find((event) => event.event === "train")!
    assert.deepInclude(train, { step: 2, loss: 3, lastStep: 2 })
    assert.closeTo(train.bpc, 3 / Math.LN2, 1e-12)
    assert.closeTo(train.ppl, Math.exp(3), 1e-9)
    assert.deepStrictEqual(
      events.map((event) => event.event),
      ["begin", "compile", "graph", "train", "end"]
    )
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("two estimators train at once in one process", () =>
  Effect.gen(function* () {
    const alone: Array<number> = []
    yield* Estimator.train(makeRecurrent(), { input: seekable(batches(6, 4)), hooks: [recordLosses(alone)] })
    const [a, b]: [Array<number>, Array<number>] = [[], []]
    yield* Effect.all(
      [a, b].map((into) =>
        Estimator.train(makeRecurrent(), { input: seekable(batches(6, 4)), hooks: [recordLosses(into)] }).pipe(Effect.provide(EstimatorTest.layer()))
      ),
      { concurrency: 2 }
    )
    assert.deepStrictEqual(a, alone)
    assert.deepStrictEqual(b, alone)
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("a checkpoint of another model is a typed error that names the tensor, and is left as it is", () =>
  Effect.gen(function* () {
    yield* Estimator.train(descending({ modelDir: "foreign" }), { input: Stream.make(labels([1])) })
    const error = yield* Effect.flip(Estimator.train(makeRecurrent({ modelDir: "foreign" }), { input: seekable(batches(2, 4)) }))
    assert.deepInclude(error, { _tag: "CheckpointError" })
    assert.strictEqual((yield* (yield* CheckpointStore).latest("foreign"))?.step, 1)
  }).pipe(Effect.provide(Layer.provideMerge(EstimatorTest.layer(), CheckpointStoreMemory.layer)))
)

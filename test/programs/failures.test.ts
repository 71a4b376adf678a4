import * as tf from "@tensorflow/tfjs-core"
import { assert, it } from "@effect/vitest"
import { Cause, Effect, Exit, Fiber, Layer, Schema, Stream } from "effect"
import { CheckpointError, ExecuteError, SinkError } from "../../src/domain/Errors.ts"
import { make as tensor } from "../../src/domain/Tensor.ts"
import { CrossReplicaOptimizer, Estimator, EstimatorTest, type Model } from "../../src/index.ts"
import * as OutfeedQueue from "../../src/layers/feed/OutfeedQueue.ts"
import { CheckpointStore } from "../../src/services/CheckpointStore.ts"
import { Device } from "../../src/services/Device.ts"
import type { Hook } from "../../src/services/Hooks.ts"
import * as MetricSink from "../../src/services/MetricSink.ts"
import { batches, makeRecurrent, recordLosses, recurrent, recurrentCache, seekable } from "./models.ts"

class Broken extends Schema.TaggedError<Broken>()("Broken", {}) {}

const input = seekable(batches(6, 4))
const failuresOf = (exit: Exit.Exit<unknown, unknown>) =>
  Exit.isFailure(exit) ? exit.cause.reasons.map((r) => (Cause.isFailReason(r) ? (r.error as { _tag: string })._tag : r._tag)) : ["success"]

/** A store whose `n`-th save (counted from 0) and all later ones fail as on a full disk. */
const fullAfter = (n: number) =>
  Layer.effect(
    CheckpointStore,
    Effect.map(CheckpointStore, (inner) => {
      let saves = 0
      return CheckpointStore.of({
        ...inner,
        save: (directory, checkpoint, keep) =>
          saves++ < n
            ? inner.save(directory, checkpoint, keep)
            : Effect.fail(new CheckpointError({ reason: "DiskFull", file: directory, detail: "no space left" }))
      })
    })
  )

for (const n of [0, 1, 3]) {
  it.effect(`a disk that is full at save ${n} fails the run with a typed error, and what was saved stays`, () =>
    Effect.gen(function* () {
      const estimator = makeRecurrent({ modelDir: "full", saveCheckpointsSteps: 1 })
      const error = yield* Effect.flip(Estimator.train(estimator, { input }).pipe(Effect.provide(fullAfter(n))))
      assert.deepInclude(error, { _tag: "CheckpointError", reason: "DiskFull" })
      const saved = yield* (yield* CheckpointStore).latest("full")
      assert.strictEqual(saved?.step, n === 0 ? undefined : n - 1)
    }).pipe(Effect.provide(EstimatorTest.layer()))
  )
}

it.effect("a sink that cannot write fails the run", () =>
  Effect.gen(function* () {
    let written = 0
    const sink: MetricSink.Sink = {
      name: "full",
      open: () => Effect.succeed(() => (++written < 4 ? Effect.void : Effect.fail(new SinkError({ file: "events.jsonl", detail: "no space left" }))))
    }
    const error = yield* Effect.flip(Estimator.train(makeRecurrent(), { input }).pipe(Effect.provide(MetricSink.layerAppend(sink))))
    assert.strictEqual(error._tag, "SinkError")
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

/** The reference engine until its `n`-th run, which fails. */
const lostAfter = (n: number) =>
  Layer.effect(
    Device,
    Effect.map(Device, (inner) => {
      let runs = 0
      return Device.of({
        ...inner,
        compile: (program) =>
          Effect.map(inner.compile(program), (executable) => ({
            ...executable,
            run: (iterations: number) =>
              runs++ < n ? executable.run(iterations) : Effect.fail(new ExecuteError({ engine: "test", reason: "DeviceLost", detail: "gone" }))
          }))
      })
    })
  )

it.effect("a lost device fails the run, and its state is not saved", () =>
  Effect.gen(function* () {
    const estimator = makeRecurrent({ modelDir: "lost", saveCheckpointsSteps: 2 })
    const error = yield* Effect.flip(Estimator.train(estimator, { input }).pipe(Effect.provide(lostAfter(5))))
    assert.deepInclude(error, { _tag: "ExecuteError", reason: "DeviceLost" })
    assert.strictEqual((yield* (yield* CheckpointStore).latest("lost"))?.step, 4)
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("keeps the failures of all parties, the first root cause first", () =>
  Effect.gen(function* () {
    const estimator = makeRecurrent({ modelDir: "both" })
    const hook: Hook<Broken> = { name: "breaks", afterRun: ({ step }) => (step === 2 ? Effect.fail(new Broken()) : Effect.succeed("continue")) }
    const exit = yield* Effect.exit(Estimator.train(estimator, { input, hooks: [hook] }).pipe(Effect.provide(fullAfter(1))))
    assert.deepStrictEqual(failuresOf(exit), ["Broken", "CheckpointError"])
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("interrupted while it waits for a batch, it saves the steps done and closes the input", () =>
  Effect.gen(function* () {
    const losses: Array<number> = []
    let closed = false
    const slow = Stream.concat(Stream.fromIterable(batches(3, 4)), Stream.never).pipe(Stream.ensuring(Effect.sync(() => void (closed = true))))
    const estimator = makeRecurrent({ modelDir: "waiting" })
    const fiber = yield* Effect.forkChild(Estimator.train(estimator, { input: slow, hooks: [recordLosses(losses)] }))
    while (losses.length < 3) yield* Effect.yieldNow
    for (let i = 0; i < 20; i++) yield* Effect.yieldNow
    yield* Fiber.interrupt(fiber)
    assert.isTrue(closed)
    assert.strictEqual((yield* (yield* CheckpointStore).latest("waiting"))?.step, 3)
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("interrupted before the first batch, it ends at once and leaves nothing behind", () =>
  Effect.gen(function* () {
    let closed = false
    const silent = Stream.never.pipe(Stream.ensuring(Effect.sync(() => void (closed = true))))
    const fiber = yield* Effect.forkChild(Estimator.train(makeRecurrent({ modelDir: "silent" }), { input: silent }))
    for (let i = 0; i < 20; i++) yield* Effect.yieldNow
    yield* Fiber.interrupt(fiber)
    assert.isTrue(closed)
    assert.isUndefined(yield* (yield* CheckpointStore).latest("silent"))
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("a model function that throws is a typed error with its line", () =>
  Effect.gen(function* () {
    const estimator = Estimator.make({
      modelFn: () => {
        throw new Error("no such layer")
      }
    })
    const error = yield* Effect.flip(Estimator.train(estimator, { input }))
    assert.strictEqual(error._tag, "TraceError")
    assert.include(error.message, "no such layer")
    assert.include(error.message, "failures.test.ts")
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("a model directory that cannot be written is refused before any step", () =>
  Effect.gen(function* () {
    const readOnly = Layer.effect(
      CheckpointStore,
      Effect.map(CheckpointStore, (inner) =>
        CheckpointStore.of({
          ...inner,
          prepare: (directory) => Effect.fail(new CheckpointError({ reason: "Unwritable", file: directory, detail: "read-only" }))
        })
      )
    )
    const losses: Array<number> = []
    const error = yield* Effect.flip(
      Estimator.train(makeRecurrent({ modelDir: "ro" }), { input, hooks: [recordLosses(losses)] }).pipe(Effect.provide(readOnly))
    )
    assert.deepInclude(error, { _tag: "CheckpointError", reason: "Unwritable" })
    assert.deepStrictEqual(losses, [])
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("a host call or metric that throws is a typed error that names it", () =>
  Effect.gen(function* () {
    const bug = (): never => {
      throw new Error("host bug")
    }
    const estimator = Estimator.make({
      modelFn: (spec: Model.ModelInput<{ readonly dropout: number }>) => ({
        ...recurrent(spec),
        hostCall: { tensors: { valid: spec.valid }, call: bug },
        evalMetrics: { odd: { tensors: { valid: spec.valid }, metric: { initial: [], update: bug, result: () => 0 } } }
      }),
      cacheFn: recurrentCache,
      params: { dropout: 0 },
      config: { modelDir: "host", iterationsPerLoop: 1 }
    })
    const training = yield* Effect.flip(Estimator.train(estimator, { input }))
    assert.deepInclude(training, { _tag: "HostFunctionError", function: "hostCall" })
    assert.include(training.message, "hostCall failed at global step 1: host bug")
    const evaluation = yield* Effect.flip(Estimator.evaluate(estimator, { input }))
    assert.include(evaluation.message, "metric odd failed")
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("a host call that gives a promise is refused, and what the promise fails with ends nothing", () =>
  Effect.gen(function* () {
    // as a caller without types may
    const call = (async () => Promise.reject(new Error("late"))) as unknown as () => void
    const estimator = Estimator.make({
      modelFn: (spec: Model.ModelInput<{ readonly dropout: number }>) => ({ ...recurrent(spec), hostCall: { tensors: { valid: spec.valid }, call } }),
      cacheFn: recurrentCache,
      params: { dropout: 0 },
      config: { iterationsPerLoop: 1 }
    })
    for (const program of [Effect.asVoid(Estimator.train(estimator, { input })), Effect.asVoid(Estimator.evaluate(estimator, { input }))]) {
      const error = yield* Effect.flip(program)
      assert.deepInclude(error, { _tag: "HostFunctionError", function: "hostCall" })
      assert.include(error.message, "it gave a promise, which nothing waits for. Give an Effect")
    }
    // an unhandled rejection would have been reported by now
    yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("a batch of one row is padded to the replicas in evaluate and predict, and counted once", () =>
  Effect.gen(function* () {
    const estimator = { ...makeRecurrent(), evalBatchSize: undefined, predictBatchSize: undefined }
    const one = Stream.fromIterable(batches(3, 1))
    assert.strictEqual((yield* Estimator.evaluate(estimator, { input: one })).examples, 3)
    assert.strictEqual([...(yield* Stream.runCollect(Estimator.predict(estimator, { input: one })))].length, 3)
  }).pipe(Effect.provide(EstimatorTest.layer({ replicas: 2 })))
)

it.effect("[row 175] all predictions made before a failure of the input come first, however slow the consumer", () =>
  Effect.gen(function* () {
    const torn = Stream.concat(Stream.fromIterable(batches(20, 4)), Stream.fail(new Broken()))
    let seen = 0
    const slowly = Effect.gen(function* () {
      for (let i = 0; i < 30; i++) yield* Effect.yieldNow
      seen++
    })
    const predictions = Estimator.predict(makeRecurrent(), { input: torn, yieldSingleExamples: false })
    const error = yield* Effect.flip(Stream.runForEach(predictions, () => slowly))
    assert.instanceOf(error, Broken)
    assert.strictEqual(seen, 20)
  }).pipe(Effect.provide(Layer.provideMerge(OutfeedQueue.layer, EstimatorTest.layer())))
)

it.effect("an input that dies is met in its place too, and the steps before it are saved", () =>
  Effect.gen(function* () {
    const dying = Stream.concat(Stream.fromIterable(batches(3, 4)), Stream.die("bug"))
    const exit = yield* Effect.exit(Estimator.train(makeRecurrent({ modelDir: "dies" }), { input: dying }))
    assert.deepStrictEqual(failuresOf(exit), ["Die"])
    assert.strictEqual((yield* (yield* CheckpointStore).latest("dies"))?.step, 3)
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

/** The loss is finite at w = 0, its gradient is not. */
const brokenGradient: Model.ModelFn<undefined> = ({ labels, variables }) => {
  const w = variables.get("w", [1], { initializer: () => tf.zeros([1]) })
  return { loss: new CrossReplicaOptimizer(tf.train.sgd(0.1)).minimize(() => tf.mean(tf.add(tf.sqrt(w), tf.mul(labels, 0)))) }
}

it.effect("a NaN in a variable is never saved, though the loss is a number", () =>
  Effect.gen(function* () {
    const estimator = Estimator.make({ modelFn: brokenGradient, config: { modelDir: "broken", iterationsPerLoop: 1 } })
    const error = yield* Effect.flip(Estimator.train(estimator, { input: seekable(batches(1, 4)) }))
    assert.deepInclude(error, { _tag: "NumericsError", variable: "w", step: 1 })
    assert.strictEqual((yield* (yield* CheckpointStore).latest("broken"))?.step, 0)
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("a hook that fails on a NaN loss does not get the NaN state saved", () =>
  Effect.gen(function* () {
    const hook: Hook<Broken> = {
      name: "watch",
      afterRun: (_, { loss }) => (Number.isNaN(loss) ? Effect.fail(new Broken()) : Effect.succeed("continue"))
    }
    const nan = { features: tensor(new Float32Array(8).fill(NaN), [4, 2]), labels: tensor(new Float32Array(4), [4, 1]) }
    const estimator = makeRecurrent({ modelDir: "watched" })
    const exit = yield* Effect.exit(Estimator.train(estimator, { input: seekable([...batches(2, 4), nan]), hooks: [hook] }))
    assert.deepStrictEqual(failuresOf(exit), ["Broken", "NumericsError"])
    assert.strictEqual((yield* (yield* CheckpointStore).latest("watched"))?.step, 0)
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("hooks that have begun are ended, also where the run comes to nothing", () =>
  Effect.gen(function* () {
    const log: Array<string> = []
    const hook: Hook = { name: "log", begin: Effect.sync(() => void log.push("begin")), end: () => Effect.sync(() => void log.push("end")) }
    yield* Effect.flip(Estimator.train(makeRecurrent(), { input: Stream.fail(new Broken()), hooks: [hook] }))
    assert.deepStrictEqual(log, ["begin", "end"])
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

for (const cachePolicy of ["carry", "loop"] as const) {
  it.effect(`where an input ends inside a device run does not depend on timing (${cachePolicy})`, () =>
    Effect.gen(function* () {
      const runs: Array<number> = []
      const hook: Hook = { name: "runs", afterRun: (_, { iterations }) => Effect.sync(() => (runs.push(iterations), "continue" as const)) }
      const estimator = makeRecurrent({ iterationsPerLoop: 50, cachePolicy })
      yield* Estimator.train(estimator, { input: seekable(batches(11, 4)), hooks: [hook] })
      assert.deepStrictEqual(runs, [11])
    }).pipe(Effect.provide(EstimatorTest.layer()))
  )
}

it.effect("two runs at once on one model directory: the second is refused, the first goes on", () =>
  Effect.gen(function* () {
    const losses: Array<number> = []
    const gate: Hook = { name: "gate", beforeRun: ({ step }) => (step === 2 ? Effect.never : Effect.void) }
    const first = yield* Effect.forkChild(Estimator.train(makeRecurrent({ modelDir: "one" }), { input, hooks: [recordLosses(losses), gate] }))
    while (losses.length < 2) yield* Effect.yieldNow
    const error = yield* Effect.flip(Estimator.train(makeRecurrent({ modelDir: "one" }), { input }))
    assert.deepInclude(error, { _tag: "CheckpointError", reason: "InUse" })
    assert.isUndefined(first.pollUnsafe())
    yield* Fiber.interrupt(first)
    assert.strictEqual((yield* Estimator.train(makeRecurrent({ modelDir: "one" }), { input })).globalStep, 6)
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

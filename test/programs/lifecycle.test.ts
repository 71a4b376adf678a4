/** Rows of the behaviour table about a run as a whole: what is logged and reported, in which order, and how it recovers. */
import * as tf from "@tensorflow/tfjs-core"
import { assert, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Stream } from "effect"
import { TestClock } from "effect/testing"
import { ExecuteError } from "../../src/domain/Errors.ts"
import type { RunEvent } from "../../src/domain/Events.ts"
import { Estimator, EstimatorTest, Metrics, MetricSink, type Model } from "../../src/index.ts"
import type { Hook } from "../../src/services/Hooks.ts"
import { labels, wrapped } from "./labelled.ts"
import { batches, descent, makeRecurrent, recordEvents, recordLosses, seekable } from "./models.ts"

it.effect("[row 135] [row 162] logs the first run, then about every so many steps, and the last; rates are of the global batch", () =>
  Effect.gen(function* () {
    const events: Array<RunEvent> = []
    const second: Hook = { name: "second", beforeRun: () => TestClock.adjust("1 second") }
    const estimator = Estimator.make({ modelFn: descent, params: { rate: 0.25 }, config: { iterationsPerLoop: 2, logStepCountSteps: 4 } })
    const input = Stream.fromIterable(Array.from({ length: 12 }, () => labels([1, 2, 3, 4])))
    yield* Estimator.train(estimator, { input, maxSteps: 12, hooks: [second] }).pipe(Effect.provide(recordEvents(events)))
    const logged = events.flatMap((event) => (event.event === "train" ? [[event.step, event.stepsPerSec, event.examplesPerSec]] : []))
    assert.deepStrictEqual(logged, [
      [2, 2, 8],
      [6, 2, 8],
      [10, 2, 8],
      [12, 2, 8]
    ])
  }).pipe(Effect.provide(EstimatorTest.layer({ replicas: 2 })))
)

it.effect("[row 141] [row 142] without metrics the result has loss, step and examples; a metric may have any name; the result is an event", () =>
  Effect.gen(function* () {
    const input = Stream.make(labels([2, 4]))
    const estimator = Estimator.make({ modelFn: descent, params: { rate: 0.25 }, config: { modelDir: "plain" } })
    yield* Estimator.train(estimator, { input })
    const events: Array<RunEvent> = []
    // w = 0.5 * 3
    const plain = yield* Estimator.evaluate(estimator, { input }).pipe(Effect.provide(recordEvents(events)))
    assert.deepStrictEqual(plain, { loss: 3.25, globalStep: 1, examples: 2, metrics: {} })
    const modelFn: typeof descent = (given) => ({
      ...descent(given),
      evalMetrics: { loss: { tensors: { y: given.labels }, metric: Metrics.mean("y") } }
    })
    const named = yield* Estimator.evaluate({ ...estimator, modelFn }, { input, name: "held out" }).pipe(Effect.provide(recordEvents(events)))
    assert.deepStrictEqual([named.loss, named.metrics], [3.25, { loss: 3 }])
    const reported = { step: 1, loss: 3.25, ppl: Math.exp(3.25), bpc: 3.25 / Math.LN2, examples: 2 }
    assert.deepStrictEqual(
      events.filter(({ event }) => event === "eval"),
      [
        { event: "eval", ...reported, metrics: {} },
        { event: "eval", name: "held out", ...reported, metrics: { loss: 3 } }
      ]
    )
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("[row 146] evaluates the checkpoint that is asked for, and first values without a model directory", () =>
  Effect.gen(function* () {
    const estimator = Estimator.make({
      modelFn: descent,
      params: { rate: 0.25 },
      config: { modelDir: "asked", iterationsPerLoop: 1, saveCheckpointsSteps: 1 }
    })
    const files: Array<RunEvent> = []
    yield* Estimator.train(estimator, { input: Stream.forever(Stream.make(labels([4]))), maxSteps: 3 }).pipe(Effect.provide(recordEvents(files)))
    const input = Stream.make(labels([4]))
    const first = files.find((event) => event.event === "checkpoint" && event.step === 1)!
    const early = yield* Estimator.evaluate(estimator, { input, checkpointPath: (first as { readonly file: string }).file })
    assert.deepInclude(early, { globalStep: 1, loss: 4 })
    assert.deepInclude(yield* Estimator.evaluate(estimator, { input }), { globalStep: 3, loss: 0.25 })
    assert.deepInclude(yield* Estimator.evaluate({ ...estimator, config: {} }, { input }), { globalStep: 0, loss: 16 })
    // first values are not passed off as a model's that was meant to be there
    const error = yield* Effect.flip(Estimator.evaluate(Estimator.configure(estimator, { modelDir: "mistyped" }), { input }))
    assert.deepInclude(error, { _tag: "CheckpointError", reason: "NotFound", file: "mistyped" })
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("[row 99] [row 148] [row 156] a prediction does nothing before its first pull, and then as many steps as there are batches", () => {
  let steps = 0
  const counting = wrapped((executable) => ({
    ...executable,
    run: (iterations) => Effect.tap(executable.run(iterations), ({ completed }) => Effect.sync(() => (steps += completed)))
  }))
  return Effect.gen(function* () {
    let read = 0
    const input = Stream.fromIterable(batches(5, 4)).pipe(Stream.tap(() => Effect.sync(() => read++)))
    const predictions = Estimator.predict(makeRecurrent(), { input })
    for (let i = 0; i < 20; i++) yield* Effect.yieldNow
    assert.deepStrictEqual([read, steps], [0, 0])
    assert.strictEqual((yield* Stream.runCollect(predictions)).length, 20)
    assert.deepStrictEqual([read, steps], [5, 5])
  }).pipe(Effect.provide(Layer.provideMerge(counting, EstimatorTest.layer())))
})

it.effect("[row 94] the device gets its state before it is fed, is fed before it is drained, and is drained while a run is under way", () => {
  const log: Array<string> = []
  const note = (text: string) => Effect.sync(() => void log.push(text))
  const noted = wrapped((executable) => ({
    ...executable,
    initialise: (seed) => Effect.tap(executable.initialise(seed), note("state")),
    writeState: (state) => Effect.tap(executable.writeState(state), note("restored")),
    feed: (batch) => Effect.andThen(note("feed"), executable.feed(batch)),
    outfeed: Effect.andThen(note("drain"), executable.outfeed),
    run: (iterations) => Effect.tap(executable.run(iterations), ({ completed }) => note(`ran ${completed}`))
  }))
  return Effect.gen(function* () {
    const training = Estimator.train(makeRecurrent({ iterationsPerLoop: 20, modelDir: "started" }), { input: seekable(batches(60, 4)), steps: 30 })
    yield* training
    const count = (text: string) => log.filter((entry) => entry === text).length
    assert.deepStrictEqual(
      log.filter((entry, i) => log.indexOf(entry) === i),
      ["state", "feed", "drain", "ran 20", "ran 10"]
    )
    assert.deepStrictEqual([count("state"), count("feed"), count("ran 20"), count("ran 10")], [1, 30, 1, 1])
    // a run of more steps than the outfeed holds ends only where outputs are taken meanwhile
    assert.isAbove(log.slice(0, log.indexOf("ran 20")).filter((entry) => entry === "drain").length, 1)
    log.length = 0
    yield* training
    assert.deepStrictEqual(
      log.filter((entry, i) => log.indexOf(entry) === i),
      ["state", "restored", "feed", "drain", "ran 20", "ran 10"]
    )
  }).pipe(Effect.provide(Layer.provideMerge(noted, EstimatorTest.layer())))
})

it.effect("[row 164] a sink is opened before the first event and closed after the last, also when the run fails", () =>
  Effect.gen(function* () {
    const log: Array<string> = []
    const sink: MetricSink.Sink = {
      name: "slow",
      open: () =>
        Effect.as(
          Effect.acquireRelease(
            Effect.sync(() => log.push("open")),
            () => Effect.sync(() => log.push("close"))
          ),
          (event) =>
            Effect.andThen(
              Effect.yieldNow,
              Effect.sync(() => void log.push(event.event))
            )
        )
    }
    const input = Stream.concat(Stream.make(labels([1]), labels([2])), Stream.fail("torn"))
    const estimator = Estimator.make({ modelFn: descent, params: { rate: 0.25 }, config: { iterationsPerLoop: 1 } })
    assert.strictEqual(yield* Effect.flip(Estimator.train(estimator, { input }).pipe(Effect.provide(MetricSink.layerAppend(sink)))), "torn")
    assert.deepStrictEqual(log, ["open", "begin", "compile", "graph", "train", "end", "close"])
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("[row 177] [row 208] a run on a device that is lost can be retried: from the newest checkpoint, bit for bit as if nothing had been", () => {
  let lost = false
  const losing = wrapped((executable) => {
    let runs = 0
    const gone = new ExecuteError({ engine: "reference", reason: "DeviceLost", detail: "power" })
    return {
      ...executable,
      run: (iterations) =>
        ++runs === 5 && !lost
          ? Effect.andThen(
              Effect.sync(() => (lost = true)),
              Effect.fail(gone)
            )
          : executable.run(iterations)
    }
  })
  return Effect.gen(function* () {
    const input = seekable(batches(8, 4))
    const whole: Array<number> = []
    yield* Estimator.train(makeRecurrent(), { input, hooks: [recordLosses(whole)] }).pipe(Effect.provide(EstimatorTest.layer()))
    const parts: Array<number> = []
    const events: Array<RunEvent> = []
    yield* Estimator.train(makeRecurrent({ modelDir: "lost", saveCheckpointsSteps: 3 }), { input, hooks: [recordLosses(parts)] }).pipe(
      Effect.retry({ times: 1, while: (error) => error._tag === "ExecuteError" && error.reason === "DeviceLost" }),
      Effect.provide(recordEvents(events))
    )
    assert.isTrue(lost)
    // steps 1 to 4, then again from the checkpoint of step 3
    assert.deepStrictEqual(parts, [...whole.slice(0, 4), ...whole.slice(3)])
    assert.deepStrictEqual(
      events.flatMap((event) => (event.event === "restore" ? [event.step] : [])),
      [3]
    )
  }).pipe(Effect.provide(Layer.provideMerge(losing, EstimatorTest.layer())))
})

it.effect("[row 124] [row 197] predictions carry the cache from batch to batch, and begin anew with each call", () =>
  Effect.gen(function* () {
    const modelFn: Model.ModelFn<undefined> = ({ cache, features }) => {
      const total = tf.add(cache[0]!, features)
      return { predictions: { total }, cache: [total] }
    }
    const estimator = Estimator.make({ modelFn, cacheFn: (rows) => [tf.zeros([rows])] })
    const input = Stream.fromIterable([labels([1, 10]), labels([2, 20]), labels([3, 30])].map(({ features }) => ({ features })))
    const totals = Estimator.predict(estimator, { input }).pipe(
      Stream.map(({ total }) => total!.data[0]!),
      Stream.runCollect
    )
    assert.deepStrictEqual(yield* totals, [1, 10, 3, 30, 6, 60])
    assert.deepStrictEqual(yield* totals, [1, 10, 3, 30, 6, 60])
  }).pipe(Effect.provide(EstimatorTest.layer({ replicas: 2 })))
)

it.effect("[row 132] [row 139] [row 203] losses are means over the replicas, and those of an evaluation over its steps", () =>
  Effect.gen(function* () {
    const estimator = Estimator.make({ modelFn: descent, params: { rate: 0.25 }, config: { iterationsPerLoop: 1 } })
    const { loss } = yield* Estimator.evaluate(estimator, { input: Stream.make(labels([1, 3]), labels([5, 7])) })
    assert.strictEqual(loss, (1 + 9 + 25 + 49) / 4)
    const losses: Array<number> = []
    yield* Estimator.train(estimator, { input: Stream.make(labels([1, 3])), hooks: [recordLosses(losses)] })
    assert.deepStrictEqual(losses, [5])
    // with trackMean the mean over both is what hooks, events and the caller are told: w is 0, then 1
    const told: Array<number> = []
    const events: Array<RunEvent> = []
    const hook: Hook = { name: "told", afterRun: (_, { loss }) => Effect.sync(() => (told.push(loss), "continue" as const)) }
    const tracking = Estimator.configure(estimator, { iterationsPerLoop: 2, trackMean: true })
    const input = Stream.make(labels([1, 3]), labels([5, 7]))
    const result = yield* Estimator.train(tracking, { input, hooks: [hook] }).pipe(Effect.provide(recordEvents(events)))
    const both = ((1 + 9) / 2 + (16 + 36) / 2) / 2
    assert.deepStrictEqual([...told, result.loss], [both, both])
    assert.deepStrictEqual(
      events.flatMap((event) => (event.event === "train" ? [event.loss] : [])),
      [both]
    )
  }).pipe(Effect.provide(EstimatorTest.layer({ replicas: 2 })))
)

it.effect("[row 67] [row 201] the sleep before the first batch is a part of the run: it can be waited out, and interrupted", () =>
  Effect.gen(function* () {
    const losses: Array<number> = []
    let begun = 0
    const waits: Hook = { name: "waits", beforeRun: () => Effect.sync(() => void begun++) }
    const config = { iterationsPerLoop: 1, tpu: { initialInfeedSleepSecs: 30 } }
    const estimator = Estimator.make({ modelFn: descent, params: { rate: 0.25 }, config })
    const run = Effect.gen(function* () {
      const before = begun
      const fiber = yield* Effect.forkChild(
        Estimator.train(estimator, { input: Stream.make(labels([1])), maxSteps: 1, hooks: [waits, recordLosses(losses)] })
      )
      while (begun === before) yield* Effect.yieldNow
      for (let i = 0; i < 20; i++) yield* Effect.yieldNow
      return fiber
    })
    const fiber = yield* run
    yield* TestClock.adjust("29 seconds")
    assert.deepStrictEqual(losses, [])
    yield* TestClock.adjust("1 second")
    assert.strictEqual((yield* Fiber.join(fiber)).globalStep, 1)
    const other = yield* run
    yield* TestClock.adjust("29 seconds")
    yield* Fiber.interrupt(other)
    assert.strictEqual(losses.length, 1)
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("[row 25] batch sizes are positive whole numbers", () =>
  Effect.gen(function* () {
    for (const size of [0, -4, 2.5]) {
      const estimator = Estimator.make({ modelFn: descent, params: { rate: 0.25 }, trainBatchSize: size, evalBatchSize: size })
      for (const program of [
        Estimator.train(estimator, { input: Stream.make(labels([1, 2])) }),
        Estimator.evaluate(estimator, { input: Stream.make(labels([1, 2])) })
      ]) {
        const error = yield* Effect.flip(program as Effect.Effect<unknown, Error, Estimator.EstimatorServices>)
        assert.include(error.message, String(size))
      }
    }
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("[row 23] a configuration that is none is refused, before anything else is done", () =>
  Effect.gen(function* () {
    for (const config of [3, "runs/a", []]) {
      // as from a caller without types
      const estimator = Estimator.make({ modelFn: descent, params: { rate: 0.25 }, config: config as never })
      let read = 0
      const input = Stream.make(labels([1])).pipe(Stream.tap(() => Effect.sync(() => read++)))
      assert.strictEqual((yield* Effect.flip(Estimator.train(estimator, { input })))._tag, "ConfigError", JSON.stringify(config))
      assert.strictEqual(read, 0)
    }
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

/** What built-in hooks tell of evaluations and predictions, and what of predictions reaches the sinks. */
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem, Layer, Stream } from "effect"
import type { RunEvent } from "../../src/domain/Events.ts"
import { Estimator, EstimatorTest, Hook, type Hooks } from "../../src/index.ts"
import { lineOf } from "../../src/layers/sinks/consoleText.ts"
import { descending, ones } from "./hooks/harness.ts"
import { batches, makeRecurrent, recordEvents, seekable } from "./models.ts"

const predicted = Stream.fromIterable(batches(40, 2))
const summaries = (log: ReadonlyArray<RunEvent>) => log.filter((event) => event.event === "summary")
const scalars = () => Effect.succeed({ one: 1 })

it.effect("summaries of an evaluation have its mode, the global step and the batches so far", () =>
  Effect.gen(function* () {
    const estimator = descending({ modelDir: "summaries" })
    const log: Array<RunEvent> = []
    yield* Estimator.train(estimator, { input: ones(3), hooks: [Hook.summarySaver({ everySteps: 100, scalars })] }).pipe(
      Effect.provide(recordEvents(log))
    )
    assert.deepStrictEqual(summaries(log), [{ event: "summary", mode: "train", step: 1, scalars: { one: 1 } }])
    log.length = 0
    const hooks = [Hook.summarySaver({ everySteps: 1, scalars }), Hook.stepCounter({ everySteps: 1 })]
    yield* Estimator.evaluate(estimator, { input: ones(40), hooks }).pipe(Effect.provide(recordEvents(log)))
    const [first, second, rates] = summaries(log)
    assert.deepStrictEqual(first, { event: "summary", mode: "evaluate", step: 3, batches: 32, scalars: { one: 1 } })
    assert.deepStrictEqual(second, { event: "summary", mode: "evaluate", step: 3, batches: 40, scalars: { one: 1 } })
    assert.deepInclude(rates, { mode: "evaluate", step: 3, batches: 40 })
    assert.deepStrictEqual(Object.keys(rates!.scalars), ["batches/sec", "examples/sec"])
    assert.strictEqual(lineOf(first!), "summary of evaluate, batch 32, at step 3 | one 1.0000")
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("lines of loggingTensors tell batches from global steps, and no loss where there is none", () =>
  Effect.gen(function* () {
    const lines: Array<string> = []
    const write = (line: string) => Effect.sync(() => void lines.push(line.replace(/ \(.*/, "")))
    const hooks = [Hook.loggingTensors({ everySteps: 33, write })]
    const estimator = makeRecurrent({ modelDir: "lines" })
    yield* Estimator.train(estimator, { input: seekable(batches(3, 4)), steps: 3 })
    yield* Estimator.evaluate(estimator, { input: predicted, hooks })
    assert.match(lines[0]!, /^#iter\/loop = 32, batch = 32, bpc = .*, global step = 3, loss = /)
    lines.length = 0
    yield* Stream.runDrain(Estimator.predict(estimator, { input: predicted, hooks }))
    assert.deepStrictEqual(lines, ["#iter/loop = 32, batch = 32, global step = 3"])
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("a NaN loss in an evaluation names the global step of the state", () =>
  Effect.gen(function* () {
    const estimator = descending({ modelDir: "nan" })
    yield* Estimator.train(estimator, { input: ones(3) })
    const nan = Stream.map(ones(2), (example) => ({ ...example, labels: { ...example.labels, data: Float32Array.of(NaN) } }))
    const error = yield* Effect.flip(Estimator.evaluate(estimator, { input: nan, hooks: [Hook.nanLoss()] }))
    assert.include(error, { _tag: "NanLossError", step: 3, place: "batch 2 of evaluate at global step 3" })
    assert.include(error.message, "NaN loss at batch 2 of evaluate at global step 3. The weights of that checkpoint or the values of these batches")
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("lame workers in an evaluation are told of by its batch, and no training is said to go on", () =>
  Effect.gen(function* () {
    const estimator = descending({ modelDir: "lame" })
    yield* Estimator.train(estimator, { input: ones(3) })
    const hook = Hook.gracefulShutdown({ lame: Effect.succeed(["w1"]), waitMillis: 0, mode: "shutdownComputation" })
    const error = yield* Effect.flip(Estimator.evaluate(estimator, { input: ones(70), hooks: [hook] }))
    assert.include(error, { _tag: "ComputationShutdown", step: 3, place: "batch 32 of evaluate at global step 3" })
    assert.match(error.message, /shut down at batch 32 of evaluate at global step 3\. Run it again: it begins anew\.$/)
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("whatever begins has an end: evaluations and trainings that fail before their first run, too", () =>
  Effect.gen(function* () {
    const heard = (program: Effect.Effect<unknown, unknown, Estimator.EstimatorServices>) =>
      Effect.gen(function* () {
        const log: Array<RunEvent> = []
        yield* Effect.flip(program.pipe(Effect.provide(recordEvents(log))))
        return log.map((event) => ("reason" in event ? `${event.event} ${event.reason}` : event.event))
      })
    const broken = Estimator.make({ modelFn: () => ({}), config: {} })
    assert.deepStrictEqual(yield* heard(Estimator.train(broken, { input: ones(2) })), ["begin", "end failed"])
    assert.deepStrictEqual(yield* heard(Estimator.evaluate(broken, { input: ones(2) })), ["begin", "end failed"])
    assert.deepStrictEqual(yield* heard(Estimator.evaluate(descending({}), { input: Stream.empty })), ["begin", "end failed"])
    // refused before it begins
    assert.deepStrictEqual(yield* heard(Estimator.train(descending({}), { input: Stream.empty })), [])
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("hooks that look at the loss are refused by predict before they begin", () =>
  Effect.gen(function* () {
    const cadence = { everySteps: 1 }
    const begun: Array<string> = []
    const first: Hooks.Hook = { name: "first", begin: Effect.sync(() => void begun.push("first")) }
    const needing = [
      Hook.nanLoss(),
      Hook.nanLoss({ failOnNanLoss: false }),
      Hook.summarySaver(cadence),
      Hook.stopIfLower(1, { source: "loss", cadence }),
      Hook.stopIfNoIncrease(1, { source: "loss", cadence })
    ]
    for (const hook of needing) {
      const error = yield* Effect.flip(Stream.runDrain(Estimator.predict(makeRecurrent(), { input: predicted, hooks: [first, hook] })))
      assert.include(error, { _tag: "ConfigError", key: "hooks" })
      assert.include(error.message, `"${hook.name}" looks at the loss, and predictions have none`)
    }
    assert.deepStrictEqual(begun, [])
    const others = [Hook.stopIfLower(1, { source: Effect.succeed([]), cadence }), Hook.summarySaver({ ...cadence, scalars })]
    for (const hook of others) {
      assert.strictEqual(yield* Stream.runCount(Estimator.predict(makeRecurrent(), { input: predicted, hooks: [hook] })), 80)
    }
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("the sinks hear a prediction begin, compile and end, and what its hooks emit", () =>
  Effect.gen(function* () {
    const estimator = makeRecurrent({ modelDir: "heard" })
    yield* Estimator.train(estimator, { input: seekable(batches(3, 4)), steps: 3 })
    const log: Array<RunEvent> = []
    const hooks = [Hook.summarySaver({ everySteps: 33, scalars })]
    const heard = Effect.provide(recordEvents(log))
    yield* heard(Stream.runDrain(Estimator.predict(estimator, { input: predicted, hooks })))
    assert.deepStrictEqual(
      log.map(({ event }) => event),
      ["begin", "compile", "graph", "summary", "end"]
    )
    assert.deepInclude(log[0], { mode: "predict", step: 3, replicas: 1 })
    assert.deepInclude(log[1], { mode: "predict" })
    assert.deepStrictEqual(log[3], { event: "summary", mode: "predict", step: 3, batches: 32, scalars: { one: 1 } })
    assert.deepStrictEqual(log[4], { event: "end", mode: "predict", step: 3, reason: "done" })
    log.length = 0
    const broken = Stream.concat(predicted, Stream.fail("torn" as const))
    yield* heard(Effect.flip(Stream.runDrain(Estimator.predict(estimator, { input: broken }))))
    assert.deepStrictEqual(log.at(-1), { event: "end", mode: "predict", step: 3, reason: "failed" })
    // a predictor's own sinks hear what it compiles, whatever the number of its calls
    log.length = 0
    const serve = Effect.gen(function* () {
      const { predict } = yield* Estimator.predictor(estimator)
      for (let i = 0; i < 3; i++) yield* Stream.runDrain(predict({ input: predicted }))
    })
    yield* heard(Effect.scoped(serve))
    assert.deepStrictEqual(
      log.map(({ event }) => event),
      ["compile", "graph"]
    )
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("timelines of an evaluation do not take the place of a training's", () =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const directory = yield* fs.makeTempDirectoryScoped()
    const hooks = [Hook.profiler({ everySteps: 100, directory })]
    const estimator = descending({ modelDir: "timelines" })
    yield* Estimator.train(estimator, { input: ones(2), hooks })
    yield* Estimator.evaluate(estimator, { input: ones(2), hooks })
    assert.deepStrictEqual([...(yield* fs.readDirectory(directory))].sort(), ["timeline-1.json", "timeline-evaluate-2-2.json"])
  }).pipe(Effect.scoped, Effect.provide(Layer.provideMerge(NodeServices.layer, EstimatorTest.layer())))
)

import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, Fiber, FileSystem, Logger, Option, Stream } from "effect"
import * as TestClock from "effect/testing/TestClock"
import type { RunEvent } from "../../../src/domain/Events.ts"
import { Estimator, EstimatorTest } from "../../../src/index.ts"
import { finalOps } from "../../../src/programs/hooks/finalOps.ts"
import { globalStepWaiter } from "../../../src/programs/hooks/globalStepWaiter.ts"
import { loggingTensors, progressValues, type Values } from "../../../src/programs/hooks/loggingTensors.ts"
import { profiler } from "../../../src/programs/hooks/profiler.ts"
import { type Rates, stepCounter } from "../../../src/programs/hooks/stepCounter.ts"
import { summarySaver } from "../../../src/programs/hooks/summarySaver.ts"
import type { TraceEvent, TraceFile } from "../../../src/programs/hooks/Timeline.ts"
import { CheckpointStore } from "../../../src/services/CheckpointStore.ts"
import type { Hook } from "../../../src/services/Hooks.ts"
import { recordEvents } from "../models.ts"
import { descending, labels, ones, rows, slow } from "./harness.ts"

const fileServices = NodeServices.layer

it.effect("[row 133] logs #iter/loop, bpc, global step, loss, ppl in the order of their names, with what follows from the loss", () =>
  Effect.gen(function* () {
    const lines: Array<string> = []
    const logger = Logger.make(({ message }) => void lines.push(String(message)))
    yield* Estimator.train(descending(), { input: rows(1, NaN), steps: 1, hooks: [loggingTensors({ everySteps: 1 })] }).pipe(
      Effect.provide(Logger.layer([logger]))
    )
    assert.deepStrictEqual(lines, [`#iter/loop = 1, bpc = ${1 / Math.LN2}, global step = 1, loss = 1, ppl = ${Math.E}`])
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect(
  "[row 134] [row 136] the logged step and iteration count are those after the run, also of a shorter last one; with trackMean ppl is of the mean",
  () =>
    Effect.gen(function* () {
      const seen: Array<Values> = []
      const hook = loggingTensors({
        everySteps: 1,
        values: (context, values) => Effect.sync(() => seen[seen.push(progressValues(context, values)) - 1]!),
        write: () => Effect.void
      })
      yield* Estimator.train(descending({ iterationsPerLoop: 2, trackMean: true }), { input: ones(9), steps: 5, hooks: [hook] })
      assert.deepStrictEqual(
        seen.map((values) => [values["global step"], values["#iter/loop"], values["loss"]]),
        [
          [2, 2, (1 + 1 / 4) / 2],
          [4, 2, (1 / 16 + 1 / 64) / 2],
          [5, 1, 1 / 256]
        ]
      )
      assert.strictEqual(seen[0]!["ppl"], Math.exp((1 + 1 / 4) / 2))
    }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("[row 133] a huge loss overflows ppl to infinity and stops nothing", () =>
  Effect.gen(function* () {
    const events: Array<RunEvent> = []
    yield* Estimator.train(descending({ logStepCountSteps: 1 }), { input: rows(1000) }).pipe(Effect.provide(recordEvents(events)))
    assert.deepInclude(
      events.find((event) => event.event === "train")!,
      { loss: 1e6, ppl: Infinity }
    )
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("[row 135] logs after the first run, then every ceil(n / iterations) runs", () =>
  Effect.gen(function* () {
    const stepsOf = (iterationsPerLoop: number, everySteps: number) =>
      Effect.gen(function* () {
        const events: Array<RunEvent> = []
        const lines: Array<string> = []
        const write = (line: string) => Effect.sync(() => void lines.push(line))
        const hook = loggingTensors({ everySteps, write, values: ({ step }) => Effect.succeed({ step }), format: ({ step }) => String(step) })
        const estimator = descending({ iterationsPerLoop, logStepCountSteps: everySteps })
        yield* Estimator.train(estimator, { input: ones(24), hooks: [hook] }).pipe(Effect.provide(recordEvents(events)))
        const logged = events.flatMap((event) => (event.event === "train" ? [event.step] : []))
        assert.deepStrictEqual(lines.map(Number), logged)
        return logged
      })
    assert.deepStrictEqual(yield* stepsOf(2, 5), [2, 8, 14, 20]) // every 3 runs
    assert.deepStrictEqual(yield* stepsOf(4, 4), [4, 8, 12, 16, 20, 24])
    assert.deepStrictEqual(yield* stepsOf(6, 4), [6, 12, 18, 24])
    assert.deepStrictEqual(yield* stepsOf(1, 10), [1, 11, 21])
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("by seconds, and exactly one of steps and seconds", () =>
  Effect.gen(function* () {
    const lines: Array<string> = []
    const write = (line: string) => Effect.sync(() => void lines.push(line))
    const hook = loggingTensors({ everySecs: 2.5, write, values: ({ step }) => Effect.succeed({ step }) })
    yield* Estimator.train(descending(), { input: ones(7), hooks: [slow(1000), hook] })
    assert.deepStrictEqual(lines, ["step = 1", "step = 4 (3.000 sec)", "step = 7 (3.000 sec)"])
    const refused = (cadence: object) =>
      // as an untyped caller may
      Effect.map(
        Effect.flip(Estimator.train(descending(), { input: ones(1), hooks: [summarySaver(cadence as { everySteps: number })] })),
        (error) => error.message
      )
    assert.include(yield* refused({ everySteps: 1, everySecs: 1 }), "summarySaver: exactly one of everySteps and everySecs must be given, got both")
    assert.include(yield* refused({}), "got neither")
    assert.include(yield* refused({ everySteps: 0.5 }), "positive whole number, got 0.5")
    assert.include(yield* refused({ everySecs: 0 }), "positive number of seconds, got 0")
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("[row 162] examples a second are the global batch times steps a second; the first time only starts the clock", () =>
  Effect.gen(function* () {
    const rates: Array<Rates> = []
    const events: Array<RunEvent> = []
    const counter = stepCounter({ everySteps: 4 }, (seen) => Effect.sync(() => void rates.push(seen)))
    const input = Stream.fromIterable(Array.from({ length: 12 }, () => labels([1, 2, 3, 4, 5, 6])))
    const estimator = descending({ iterationsPerLoop: 2 })
    yield* Estimator.train(estimator, { input, hooks: [slow(500), counter] }).pipe(Effect.provide(recordEvents(events)))
    // due at 2 (clock starts), 6, 10: 4 steps in 2 runs of half a second
    const rate = { stepsPerSec: 4, examplesPerSec: 24 }
    assert.deepStrictEqual(rates, [
      { step: 6, ...rate },
      { step: 10, ...rate }
    ])
    const scalars = { "global_step/sec": 4, "examples/sec": 24 }
    assert.deepStrictEqual(
      events.flatMap((event) => (event.event === "summary" ? [[event.step, event.scalars]] : [])),
      [
        [6, scalars],
        [10, scalars]
      ]
    )
  }).pipe(Effect.provide(EstimatorTest.layer({ replicas: 2 })))
)

it.effect("[row 112] summarySaver emits the loss, or scalars of one's own", () =>
  Effect.gen(function* () {
    const events: Array<RunEvent> = []
    const norm = summarySaver({
      everySteps: 2,
      scalars: ({ readState }) => Effect.map(readState, (state) => ({ w: state.get("w")!.data[0]! }))
    })
    yield* Estimator.train(descending(), { input: ones(4), hooks: [summarySaver({ everySteps: 3 }), norm] }).pipe(
      Effect.provide(recordEvents(events))
    )
    assert.deepStrictEqual(
      events.flatMap((event) => (event.event === "summary" ? [[event.step, event.scalars]] : [])),
      [
        [1, { loss: 1 }],
        [1, { w: 0.5 }],
        [3, { w: 0.875 }],
        [4, { loss: 1 / 64 }]
      ]
    )
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("finalOps gives a function of the last state after the run, also after one that failed", () =>
  Effect.gen(function* () {
    const weight = finalOps((state, { step }) => Effect.succeed([step, state.get("w")!.data[0]]))
    assert.isTrue(Option.isNone(yield* weight.value))
    yield* Estimator.train(descending(), { input: ones(3), hooks: [weight] })
    assert.deepStrictEqual(yield* weight.value, Option.some([3, 0.875]))
    const failing: Hook<string> = { name: "fails", afterRun: ({ step }) => (step === 2 ? Effect.fail("no") : Effect.succeed("continue")) }
    assert.strictEqual(yield* Effect.flip(Estimator.train(descending(), { input: ones(3), hooks: [failing, weight] })), "no")
    assert.deepStrictEqual(yield* weight.value, Option.some([2, 0.75]))
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("globalStepWaiter holds the first run back until another has come so far", () =>
  Effect.gen(function* () {
    let others = 0
    let looks = 0
    const globalStep = Effect.sync(() => {
      looks++
      return others
    })
    const waiter = globalStepWaiter({ waitUntilStep: 10, globalStep })
    const fiber = yield* Effect.forkChild(Estimator.train(descending(), { input: ones(3), hooks: [waiter] }))
    while (looks === 0) yield* Effect.yieldNow
    yield* TestClock.adjust("499 millis")
    assert.strictEqual(looks, 1)
    yield* TestClock.adjust("1 millis")
    assert.strictEqual(looks, 2)
    assert.isUndefined(fiber.pollUnsafe())
    others = 10
    yield* TestClock.adjust("500 millis")
    assert.strictEqual((yield* Fiber.join(fiber)).globalStep, 3)
    assert.strictEqual(looks, 3)
    const free = globalStepWaiter({ waitUntilStep: 0, globalStep: Effect.never })
    assert.strictEqual((yield* Estimator.train(descending(), { input: ones(3), hooks: [free] })).globalStep, 3)
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

/** What the trace event format asks of each kind of event. */
const assertFormat = (event: TraceEvent) => {
  assert.isTrue(Number.isInteger(event.pid) && Number.isInteger(event.tid) && event.name !== "")
  if (event.ph === "M") {
    assert.include(["process_name", "thread_name"], event.name)
    assert.isString(event.args!["name"])
    return
  }
  assert.isTrue(Number.isFinite(event.ts) && event.ts! >= 0)
  if (event.ph === "X") assert.isTrue(Number.isFinite(event.dur) && event.dur! >= 0)
  if (event.ph === "C") for (const value of Object.values(event.args!)) assert.isTrue(value === null || typeof value === "number")
}

it.effect("profiler writes timelines that a trace viewer reads: device runs, the loss, spans of fibers", () =>
  Effect.gen(function* () {
    const files = yield* FileSystem.FileSystem
    const directory = `${yield* files.makeTempDirectoryScoped()}/deep/down`
    const profile = profiler({ everySteps: 2, directory })
    const mine: Hook = { name: "mine", afterRun: () => Effect.succeed("continue" as const).pipe(Effect.withSpan("my span")) }
    // the time of a run goes by before the profiler hears of its end
    yield* Estimator.train(descending({ modelDir: "profiled" }), { input: rows(1, 1, 1, 1), hooks: [mine, slow(20), profile] }).pipe(
      Effect.provide(profile.layer)
    )
    assert.deepStrictEqual([...(yield* files.readDirectory(directory))].sort(), ["timeline-1.json", "timeline-3.json"])
    const read = (step: number) => Effect.map(files.readFileString(`${directory}/timeline-${step}.json`), (text) => JSON.parse(text) as TraceFile)
    const [one, three] = [yield* read(1), yield* read(3)]
    for (const file of [one, three]) {
      assert.deepStrictEqual([file.displayTimeUnit, file.otherData.dropped], ["ms", 0])
      file.traceEvents.forEach(assertFormat)
    }
    const device = (file: TraceFile) =>
      file.traceEvents.flatMap((e) => (e.ph === "X" && e.cat === "device" ? [[e.ts! / 1000, e.dur! / 1000, e.args!["step"], e.args!["loss"]]] : []))
    assert.deepStrictEqual(device(one), [[0, 20, 1, 1]])
    assert.deepStrictEqual(device(three), [
      [20, 20, 2, 1 / 4],
      [40, 20, 3, 1 / 16]
    ])
    const counters = three.traceEvents.flatMap((e) => (e.ph === "C" ? [[e.name, e.args!["loss"]]] : []))
    assert.deepStrictEqual(counters, [
      ["loss", 1 / 4],
      ["loss", 1 / 16]
    ])
    // the run's parties are under way, each a track of its own; what has ended is a slice on its fiber's track
    const begun = three.traceEvents.filter((e) => e.ph === "B")
    assert.sameMembers(
      begun.map((e) => e.name).filter((name) => ["session", "outfeed", "Estimator.train"].includes(name)),
      ["session", "outfeed", "Estimator.train"]
    )
    assert.strictEqual(new Set(begun.map((e) => e.tid)).size, begun.length)
    const session = begun.find((e) => e.name === "session")!.tid
    const spans = three.traceEvents.filter((e) => e.name === "my span")
    assert.deepStrictEqual(
      spans.map((e) => [e.ph, e.tid]),
      [
        ["X", session],
        ["X", session]
      ]
    )
    const tracks = three.traceEvents.filter((e) => e.name === "thread_name").map((e) => e.tid)
    assert.strictEqual(new Set(tracks).size, tracks.length)
    for (const event of begun) assert.include(tracks, event.tid)
  }).pipe(Effect.provide(EstimatorTest.layer()), Effect.provide(fileServices))
)

it.effect("profiler wants a directory, drops what has no room, and a NaN is no number of JSON", () =>
  Effect.gen(function* () {
    const error = yield* Effect.flip(Estimator.train(descending(), { input: ones(1), hooks: [profiler({ everySteps: 1 })] }))
    assert.deepInclude(error, { _tag: "ConfigError", key: "profiler.directory" })
    const files = yield* FileSystem.FileSystem
    const directory = yield* files.makeTempDirectoryScoped()
    yield* Effect.flip(Estimator.train(descending({ modelDir: directory }), { input: rows(NaN), hooks: [profiler({ everySteps: 1, capacity: 2 })] }))
    const file = JSON.parse(yield* files.readFileString(`${directory}/timeline-1.json`)) as TraceFile
    assert.isTrue(file.traceEvents.some((e) => e.ph === "C" && e.args!["loss"] === null))
    yield* Estimator.train(descending({ modelDir: directory, saveCheckpointsSecs: 0 }), {
      input: ones(9),
      hooks: [profiler({ everySteps: 4, directory, capacity: 3 })]
    })
    const full = JSON.parse(yield* files.readFileString(`${directory}/timeline-5.json`)) as TraceFile
    // four runs, each a slice, the time before it and a counter
    assert.deepStrictEqual([full.traceEvents.filter((e) => e.ph !== "M").length, full.otherData.dropped], [3, 9])
    const blocked = profiler({ everySteps: 1, directory: `${directory}/timeline-1.json` })
    const unwritable = yield* Effect.flip(Estimator.train(descending(), { input: ones(1), hooks: [blocked] }))
    assert.strictEqual(unwritable._tag, "SinkError")
  }).pipe(Effect.provide(EstimatorTest.layer()), Effect.provide(fileServices))
)

it.effect("[row 164] sinks are open before the first event and have every event when train returns, also of a run that failed", () =>
  Effect.gen(function* () {
    const events: Array<RunEvent> = []
    const train = Estimator.train(descending({ logStepCountSteps: 1, modelDir: "events" }), { input: rows(1, 1, NaN) })
    assert.strictEqual((yield* Effect.flip(train.pipe(Effect.provide(recordEvents(events)))))._tag, "NanLossError")
    assert.deepStrictEqual(
      events.map((event) => event.event),
      ["begin", "compile", "graph", "checkpoint", "train", "train", "end"]
    )
    assert.deepInclude(events.at(-1), { event: "end", step: 3, reason: "failed" })
    assert.strictEqual((yield* (yield* CheckpointStore).latest("events"))?.step, 0)
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

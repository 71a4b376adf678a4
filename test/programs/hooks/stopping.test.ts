import { assert, it } from "@effect/vitest"
import { ConfigProvider, Effect, FileSystem, Layer, Schema, Stream } from "effect"
import { NodeServices } from "@effect/platform-node"
import type { RunEvent } from "../../../src/domain/Events.ts"
import { Estimator, EstimatorTest } from "../../../src/index.ts"
import * as MetricSinkJsonl from "../../../src/layers/sinks/MetricSinkJsonl.ts"
import { stopIfHigher, stopIfLower, stopIfNoDecrease, stopIfNoIncrease } from "../../../src/programs/hooks/earlyStopping.ts"
import { gracefulShutdown, modeVariable } from "../../../src/programs/hooks/gracefulShutdown.ts"
import * as MetricSource from "../../../src/programs/hooks/MetricSource.ts"
import { nanLoss } from "../../../src/programs/hooks/nanLoss.ts"
import { stopAtStep } from "../../../src/programs/hooks/stopAtStep.ts"
import { CheckpointStore } from "../../../src/services/CheckpointStore.ts"
import type { Hook } from "../../../src/services/Hooks.ts"
import * as MetricSink from "../../../src/services/MetricSink.ts"
import { recordEvents } from "../models.ts"
import { descending, inTime, ones, recordSteps, rows, slow } from "./harness.ts"

const train = <E, R>(config: Parameters<typeof descending>[0], count: number, hooks: ReadonlyArray<Hook<E, R>>) =>
  Effect.map(Estimator.train(descending(config), { input: ones(count), hooks }), (result) => result.globalStep)
const savedIn = (directory: string) =>
  Effect.flatMap(CheckpointStore, (store) => Effect.map(store.list(directory), (refs) => refs.map((ref) => ref.step)))

it.effect("[row 102] stopAtStep takes exactly one of numSteps and lastStep; numSteps counts from where the run begins", () =>
  Effect.gen(function* () {
    assert.strictEqual(yield* train({ modelDir: "m" }, 20, [stopAtStep({ numSteps: 3 })]), 3)
    assert.strictEqual(yield* train({ modelDir: "m" }, 20, [stopAtStep({ numSteps: 3 })]), 6)
    assert.strictEqual(yield* train({ modelDir: "m" }, 20, [stopAtStep({ lastStep: 8 })]), 8)
    // the same value in another run counts from there
    const again = stopAtStep({ numSteps: 2 })
    assert.deepStrictEqual([yield* train({ modelDir: "m" }, 20, [again]), yield* train({ modelDir: "m" }, 20, [again])], [10, 12])
    const both = { numSteps: 1, lastStep: 2 } as unknown as { readonly numSteps: number } // as an untyped caller may
    assert.include((yield* Effect.flip(train({}, 5, [stopAtStep(both)]))).message, "got both")
    const neither = {} as { readonly numSteps: number }
    assert.include((yield* Effect.flip(train({}, 5, [stopAtStep(neither)]))).message, "got neither")
    assert.include((yield* Effect.flip(train({}, 5, [stopAtStep({ numSteps: 0 })]))).message, "positive whole number")
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("a hook's stop ends the run at once on an input that never ends, and closes it", () =>
  Effect.gen(function* () {
    let closed = false
    const endless = Stream.forever(ones(1)).pipe(Stream.ensuring(Effect.sync(() => void (closed = true))))
    const silent = Stream.concat(ones(3), Stream.never)
    assert.strictEqual((yield* Estimator.train(descending(), { input: endless, hooks: [stopAtStep({ numSteps: 5 })] })).globalStep, 5)
    assert.isTrue(closed)
    assert.strictEqual((yield* Estimator.train(descending(), { input: silent, hooks: [stopAtStep({ numSteps: 3 })] })).globalStep, 3)
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("[row 103] steps shortens the last run to end at the very step; a hook stops at the run boundary", () =>
  Effect.gen(function* () {
    const at: Array<number> = []
    yield* Estimator.train(descending({ iterationsPerLoop: 4 }), { input: ones(20), steps: 10, hooks: [recordSteps(at)] })
    assert.deepStrictEqual(at, [4, 8, 10])
    assert.strictEqual(yield* train({ iterationsPerLoop: 4 }, 20, [stopAtStep({ lastStep: 10 })]), 12)
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("[row 104] a run that is at maxSteps already is skipped: no batch is asked for, no hook called", () =>
  Effect.gen(function* () {
    const estimator = descending({ modelDir: "there" })
    yield* Estimator.train(estimator, { input: ones(9), maxSteps: 4 })
    let asked = false
    const input = Stream.suspend(() => {
      asked = true
      return ones(9)
    })
    let begun = false
    const hook: Hook = { name: "probe", begin: Effect.sync(() => void (begun = true)) }
    const result = yield* Estimator.train(estimator, { input, maxSteps: 3, hooks: [hook] })
    assert.deepStrictEqual([result.globalStep, result.steps, asked, begun], [4, 0, false, false])
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("[row 110] a NaN loss fails the run, or ends it without failing; the NaN state is saved by neither", () =>
  Effect.gen(function* () {
    const input = rows(1, NaN, 1, 1)
    const run = (modelDir: string, hook: Hook<never> | undefined, config = {}) =>
      Estimator.train(descending({ modelDir, saveCheckpointsSteps: 1, ...config }), { input, hooks: hook === undefined ? [] : [hook] })
    assert.deepInclude(yield* Effect.flip(run("fails", undefined)), { _tag: "NanLossError", step: 2 })
    const error = yield* Effect.flip(Estimator.train(descending(), { input, hooks: [nanLoss()] }))
    assert.deepInclude(error, { _tag: "NanLossError", step: 2 })
    let seen = 0
    const result = yield* Estimator.train(descending({ modelDir: "stops", saveCheckpointsSteps: 1 }), {
      input,
      hooks: [
        nanLoss({ failOnNanLoss: false }),
        {
          name: "after",
          afterRun: () =>
            Effect.as(
              Effect.sync(() => seen++),
              "continue" as const
            )
        }
      ]
    })
    assert.deepStrictEqual([result.globalStep, result.loss, seen], [2, NaN, 1])
    for (const directory of ["fails", "stops"]) assert.deepStrictEqual(yield* savedIn(directory), [0, 1])
    // seen with trackMean wherever it was in the run, without it in the last step only; the weight is NaN from there on
    const inside = rows(NaN, 1)
    const mean = descending({ iterationsPerLoop: 2, trackMean: true })
    assert.strictEqual((yield* Effect.flip(Estimator.train(mean, { input: inside })))._tag, "NanLossError")
    assert.strictEqual((yield* Estimator.train(descending(), { input: rows(Infinity) })).loss, Infinity)
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("early stopping on the training loss: thresholds and minSteps", () =>
  Effect.gen(function* () {
    const cadence = { everySteps: 1 }
    // losses 1, 1/4, 1/16, 1/64, …
    assert.strictEqual(yield* train({}, 9, [stopIfLower(0.2, { source: "loss", cadence })]), 3)
    assert.strictEqual(yield* train({}, 9, [stopIfLower(0.0625, { source: "loss", cadence })]), 4)
    assert.strictEqual(yield* train({}, 9, [stopIfLower(0.2, { source: "loss", cadence, minSteps: 6 })]), 6)
    assert.strictEqual(yield* train({}, 9, [stopIfLower(0, { source: "loss", cadence })]), 9)
    assert.strictEqual(yield* train({}, 9, [stopIfHigher(0.5, { source: "loss", cadence })]), 1)
    assert.strictEqual(yield* train({}, 9, [stopIfHigher(0.5, { source: "loss", cadence, minSteps: 2 })]), 9)
    // by time: looked at after 1 (first), 61, 121 seconds
    assert.strictEqual(yield* train({}, 200, [slow(1000), stopIfLower(0.2, { source: "loss" })]), 61)
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("early stopping when nothing gets better; the best so far is kept in the checkpoint", () =>
  Effect.gen(function* () {
    const cadence = { everySteps: 1 }
    // losses 1, 1/4, 1/16, … always fall: no increase since step 1
    assert.strictEqual(yield* train({}, 20, [stopIfNoIncrease(4, { source: "loss", cadence })]), 5)
    assert.strictEqual(yield* train({}, 20, [stopIfNoDecrease(4, { source: "loss", cadence })]), 20)
    // stopped at step 3, it goes on counting from step 1
    const hook = () => stopIfNoIncrease(6, { source: "loss", cadence })
    const parts = (modelDir: string) => Effect.andThen(train({ modelDir }, 3, [hook()]), train({ modelDir }, 30, [hook()]))
    assert.strictEqual(yield* parts("kept"), 7)
    const store = yield* CheckpointStore
    const texts = (yield* store.load("kept/model.ckpt-3")).texts
    assert.deepStrictEqual(JSON.parse(texts.get("hooks/stop-if-no-increase")!), { best: 1, bestStep: 1 })
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("two hooks that keep something under one name are refused", () =>
  Effect.gen(function* () {
    const hook = (name?: string) => stopIfNoIncrease(6, { source: "loss", cadence: { everySteps: 1 }, ...(name === undefined ? {} : { name }) })
    assert.include((yield* Effect.flip(train({}, 3, [hook(), hook()]))).message, `two hooks named "stop-if-no-increase"`)
    assert.strictEqual(yield* train({}, 3, [hook(), hook("other")]), 3)
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("early stopping on evaluations: in this process, and from the file of another", () =>
  Effect.gen(function* () {
    const record = MetricSource.evaluations()
    const files = yield* FileSystem.FileSystem
    const directory = yield* files.makeTempDirectoryScoped()
    const file = `${directory}/events.jsonl`
    const sinks = Layer.provideMerge(MetricSink.layerAppend(record.sink), MetricSink.layerAppend(MetricSinkJsonl.make({ file })))
    const estimator = descending({ modelDir: "evaluated" })
    const cadence = { everySteps: 1 }
    const fromFile = stopIfLower(0.1, { source: MetricSource.fromEventsFile(file, "loss"), cadence })
    const fromRecord = stopIfNoDecrease(1, { source: record.metric("loss"), cadence })
    const steps = (hook: Hook<unknown, FileSystem.FileSystem>) =>
      Effect.map(Estimator.train(estimator, { input: Stream.forever(ones(1)), steps: 4, hooks: [hook] }), (result) => result.steps)
    assert.strictEqual(yield* steps(fromFile), 4) // there is no file yet
    // at step 4 the weight is 15/16: evaluated on 1 the loss is 1/256
    yield* Estimator.evaluate(estimator, { input: ones(1) }).pipe(Effect.provide(sinks))
    yield* files.writeFileString(file, `{"event":"eval","step`, { flag: "a" }) // a line under way is not heeded
    assert.strictEqual(yield* steps(fromFile), 1)
    assert.strictEqual(yield* steps(fromRecord), 4)
    // evaluated on 3 the loss is higher, at a later step: no decrease for more than one step
    yield* Estimator.evaluate(estimator, { input: rows(3) }).pipe(Effect.provide(sinks))
    assert.strictEqual(yield* steps(fromRecord), 1)
    const wrong = yield* Effect.flip(steps(stopIfLower(0.1, { source: record.metric("lost"), cadence })))
    assert.include((wrong as Error).message, 'Did you mean "loss"?')
  }).pipe(Effect.provide(EstimatorTest.layer()), Effect.provide(NodeServices.layer))
)

class Gone extends Schema.TaggedError<Gone>()("Gone", {}) {}

/** Workers of which `b` is lame after step 2. */
const lameAfter = (steps: ReadonlyArray<number>, log: Array<string>) => ({
  lame: Effect.sync(() => (steps.at(-1) === 2 ? ["b"] : [])),
  shutdown: (workers: ReadonlyArray<string> | "all") => Effect.sync(() => void log.push(`shut ${workers}`))
})

it.effect("[row 168] [row 169] lame workers: a checkpoint is saved, they are shut, and after a minute the run goes on", () =>
  Effect.gen(function* () {
    const [steps, log, events]: [Array<number>, Array<string>, Array<RunEvent>] = [[], [], []]
    const hook = gracefulShutdown({ ...lameAfter(steps, log), mode: "shutdownWorker" })
    const [, seconds] = yield* inTime(train({ modelDir: "worker" }, 4, [recordSteps(steps), hook]).pipe(Effect.provide(recordEvents(events))))
    assert.strictEqual(seconds, 60)
    assert.deepStrictEqual(steps, [1, 2, 3, 4])
    assert.deepStrictEqual(log, ["shut b"])
    assert.deepStrictEqual(yield* savedIn("worker"), [0, 2, 4])
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("[row 169] shutdownComputation shuts all and ends with a typed error; the next run goes on from the checkpoint", () =>
  Effect.gen(function* () {
    const [steps, log]: [Array<number>, Array<string>] = [[], []]
    const hooks = [recordSteps(steps), gracefulShutdown({ ...lameAfter(steps, log), mode: "shutdownComputation" })]
    const error = yield* Effect.map(inTime(Effect.flip(train({ modelDir: "all" }, 4, hooks))), ([failure]) => failure)
    assert.deepInclude(error, { _tag: "ComputationShutdown", step: 2, workers: ["b"] })
    assert.deepStrictEqual([log, yield* savedIn("all")], [["shut all"], [0, 2]])
    assert.strictEqual(yield* train({ modelDir: "all" }, 4, hooks), 4)
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("[row 167] the mode comes from TF_TPU_GRACEFUL_SHUTDOWN_MODE: unset, empty, known, other", () =>
  Effect.gen(function* () {
    const outcome = (env: { readonly [name: string]: string }) =>
      Effect.gen(function* () {
        const [steps, log]: [Array<number>, Array<string>] = [[], []]
        const hook = gracefulShutdown({ ...lameAfter(steps, log) })
        const [error] = yield* inTime(Effect.flip(Effect.andThen(train({}, 3, [recordSteps(steps), hook]), Effect.fail(new Gone()))))
        return [error._tag, ...log]
      }).pipe(Effect.provide(ConfigProvider.layer(ConfigProvider.fromUnknown(env, { preserveEmptyStrings: true }))))
    assert.deepStrictEqual(yield* outcome({}), ["ComputationShutdown", "shut all"])
    assert.deepStrictEqual(yield* outcome({ [modeVariable]: "reset_computation" }), ["ComputationShutdown", "shut all"])
    assert.deepStrictEqual(yield* outcome({ [modeVariable]: "shutdown_worker" }), ["Gone", "shut b"])
    assert.deepStrictEqual(yield* outcome({ [modeVariable]: "" }), ["Gone"])
    assert.deepStrictEqual(yield* outcome({ [modeVariable]: "off" }), ["Gone"])
    assert.deepStrictEqual(yield* outcome({ [modeVariable]: "shutdown_workers" }), ["ConfigError"])
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("[row 170] without a heartbeat, or when it takes longer than five seconds, health is not watched", () =>
  Effect.gen(function* () {
    assert.strictEqual(yield* train({}, 3, [gracefulShutdown({ lame: undefined, mode: "shutdownWorker" })]), 3)
    let looks = 0
    const silent = Effect.andThen(
      Effect.sync(() => void looks++),
      Effect.never
    )
    const hook = gracefulShutdown({ lame: silent, mode: "shutdownWorker" })
    assert.deepStrictEqual(yield* inTime(train({}, 3, [hook])), [3, 5])
    assert.strictEqual(looks, 1)
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

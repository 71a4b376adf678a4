import { assert, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, Layer, Stream } from "effect"
import { TestClock } from "effect/testing"
import * as EstimatorTest from "../../src/EstimatorTest.ts"
import type { RunEvent } from "../../src/domain/Events.ts"
import * as DeviceOnnx from "../../src/layers/device/DeviceOnnx.ts"
import * as InfeedStream from "../../src/layers/feed/InfeedStream.ts"
import * as ExporterMemory from "../../src/layers/exporters/ExporterMemory.ts"
import * as Estimator from "../../src/programs/Estimator.ts"
import { CheckpointStore } from "../../src/services/CheckpointStore.ts"
import * as Exporter from "../../src/services/Exporter.ts"
import type { Hook } from "../../src/services/Hooks.ts"
import { batches, makeRecurrent, recordEvents, recordLosses, seekable } from "./models.ts"

const training = seekable(batches(8, 4))
const evaluation = Stream.fromIterable(batches(3, 4, 100))
const spec = { input: evaluation, throttleSecs: 0 }
const estimatorIn = (modelDir: string, config = {}) => makeRecurrent({ modelDir, saveCheckpointsSteps: 2, ...config })

/** Each device run takes this long. */
const slow = (seconds: number): Hook => ({
  name: "slow",
  afterRun: () => Effect.as(TestClock.adjust(seconds * 1000), "continue")
})
const steps = (results: ReadonlyArray<{ readonly globalStep: number }>) => results.map(({ globalStep }) => globalStep)
const stateIn = (modelDir: string) =>
  Effect.gen(function* () {
    const store = yield* CheckpointStore
    const { state, texts } = yield* store.load((yield* store.latest(modelDir))!.path)
    return { state, position: texts.get("input_position") }
  })

for (const [name, changed] of [
  ["read as needed", Layer.empty],
  ["read ahead", InfeedStream.layer],
  ["on ONNX Runtime", Layer.provideMerge(DeviceOnnx.layer({ replicas: 2 }), InfeedStream.layer)]
] as const) {
  it.effect(`evaluating in between changes no bit of the training: losses, variables, slots, cache, input (${name})`, () =>
    Effect.gen(function* () {
      const plain: Array<number> = []
      yield* Estimator.train(estimatorIn("plain"), { input: training, hooks: [recordLosses(plain)] })
      const inTurn: Array<number> = []
      const result = yield* Estimator.trainAndEvaluate(estimatorIn("turn"), {
        train: { input: training, hooks: [recordLosses(inTurn)] },
        evaluate: spec
      })
      assert.deepStrictEqual(steps(result.evaluations), [2, 4, 6, 8])
      assert.deepStrictEqual(inTurn, plain)
      assert.deepStrictEqual(yield* stateIn("turn"), yield* stateIn("plain"))
    }).pipe(Effect.provide(Layer.provideMerge(changed, EstimatorTest.layer({ replicas: 2 }))))
  )
}

it.effect("[row 210] by calls of their own, epoch by epoch: training goes on where it was, each evaluation starts anew", () =>
  Effect.gen(function* () {
    const plain: Array<number> = []
    yield* Estimator.train(estimatorIn("plain"), { input: training, hooks: [recordLosses(plain)] })
    const losses: Array<number> = []
    const estimator = estimatorIn("epochs")
    for (const maxSteps of [3, 6, 8]) {
      yield* Estimator.train(estimator, { input: training, maxSteps, hooks: [recordLosses(losses)] })
      const first = yield* Estimator.evaluate(estimator, { input: evaluation })
      assert.strictEqual(first.globalStep, maxSteps)
      assert.deepStrictEqual(yield* Estimator.evaluate(estimator, { input: evaluation }), first)
    }
    assert.deepStrictEqual(losses, plain)
    // by `loop` the cache starts anew at each device run, and so at each call, as the original's sessions do
    const anew: Array<number> = []
    const looped = estimatorIn("looped", { cachePolicy: "loop", iterationsPerLoop: 4 })
    for (const maxSteps of [3, 6]) yield* Estimator.train(looped, { input: training, maxSteps, hooks: [recordLosses(anew)] })
    assert.deepStrictEqual(anew.slice(0, 3), plain.slice(0, 3))
    assert.notStrictEqual(anew[3], plain[3])
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("each evaluation is that of the newest checkpoint, and one program serves them all", () =>
  Effect.gen(function* () {
    const events: Array<RunEvent> = []
    const estimator = estimatorIn("newest", { keepCheckpointMax: 0 })
    const options = { train: { input: training }, evaluate: { ...spec, name: "held-out" } }
    const result = yield* Estimator.trainAndEvaluate(estimator, options).pipe(Effect.provide(recordEvents(events)))
    for (const one of result.evaluations) {
      const alone = yield* Estimator.evaluate(estimator, { input: evaluation, checkpointPath: `newest/model.ckpt-${one.globalStep}` })
      assert.deepStrictEqual(one, alone)
    }
    assert.strictEqual(result.evaluation, result.evaluations.at(-1))
    assert.strictEqual(new Set(result.evaluations.map(({ loss }) => loss)).size, 4)
    assert.deepStrictEqual(
      events.flatMap((event) => (event.event === "compile" ? [event.mode] : [])),
      ["train", "evaluate"]
    )
    assert.deepStrictEqual(
      events.flatMap((event) => (event.event === "eval" ? [[event.name, event.step]] : [])),
      [2, 4, 6, 8].map((step) => ["held-out", step])
    )
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("at most one evaluation per throttle; the start is not evaluated, the end always", () =>
  Effect.gen(function* () {
    const run = (modelDir: string, evaluate: object) =>
      Effect.map(
        Estimator.trainAndEvaluate(estimatorIn(modelDir, { saveCheckpointsSteps: 1 }), {
          train: { input: training, maxSteps: 7, hooks: [slow(100)] },
          evaluate: { input: evaluation, ...evaluate }
        }),
        (result) => steps(result.evaluations)
      )
    // 100 s a step: at step 1 the first, 600 s later the next, and the end
    assert.deepStrictEqual(yield* run("default", {}), [1, 7])
    assert.deepStrictEqual(yield* run("throttled", { throttleSecs: 250 }), [1, 4, 7])
    assert.deepStrictEqual(yield* run("every", { throttleSecs: 0 }), [1, 2, 3, 4, 5, 6, 7])
    assert.deepStrictEqual(yield* run("delayed", { throttleSecs: 100, startDelaySecs: 450 }), [5, 6, 7])
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("exporters are called after each evaluation, at the end with isFinal; onlyFinal and onlyBest choose", () =>
  Effect.gen(function* () {
    const [latest, best, final] = ["latest", "best", "final"].map(ExporterMemory.make) as [Memory, Memory, Memory]
    const run = (maxSteps: number) =>
      Estimator.trainAndEvaluate(estimatorIn("export"), {
        train: { input: training, maxSteps },
        evaluate: { ...spec, exporters: [latest, Exporter.onlyBest(best), Exporter.onlyFinal(final)] }
      })
    const { evaluations } = yield* run(6)
    assert.deepStrictEqual(
      latest.exported.map(({ checkpoint, evalResult, isFinal }) => [checkpoint.path, evalResult.loss, isFinal]),
      evaluations.map(({ globalStep, loss }, i) => [`export/model.ckpt-${globalStep}`, loss, i === 2])
    )
    assert.deepStrictEqual(
      final.exported.map(({ checkpoint }) => checkpoint.step),
      [6]
    )
    const losses = evaluations.map(({ loss }) => loss)
    const records = losses.flatMap((loss, i) => (losses.slice(0, i).every((earlier) => earlier > loss) ? [evaluations[i]!.globalStep] : []))
    assert.deepStrictEqual(
      best.exported.map(({ checkpoint }) => checkpoint.step),
      records
    )
    // another call knows what came before
    yield* run(8)
    assert.deepStrictEqual(steps(latest.exported.at(-1)!.history), [2, 4, 6])
  }).pipe(Effect.provide(EstimatorTest.layer()))
)
type Memory = ReturnType<typeof ExporterMemory.make>

it.effect("a hook's stop ends the whole after a final evaluation; done already, it is evaluated only", () =>
  Effect.gen(function* () {
    const stop: Hook = { name: "early", afterRun: ({ step }) => Effect.succeed(step >= 5 ? "stop" : "continue") }
    const memory = ExporterMemory.make("all")
    const run = (hooks: ReadonlyArray<Hook>, maxSteps: number) =>
      Estimator.trainAndEvaluate(estimatorIn("stop"), { train: { input: training, maxSteps, hooks }, evaluate: { ...spec, exporters: [memory] } })
    const stopped = yield* run([stop], 8)
    assert.deepStrictEqual([stopped.train.globalStep, ...steps(stopped.evaluations)], [5, 2, 4, 5])
    assert.deepStrictEqual(
      memory.exported.map(({ isFinal }) => isFinal),
      [false, false, true]
    )
    const done = yield* run([], 5)
    assert.strictEqual(done.train.steps, 0)
    assert.deepStrictEqual(done.evaluation, stopped.evaluation)
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("interrupted while it evaluates, it saves the training's state, and goes on from there", () =>
  Effect.gen(function* () {
    const plain: Array<number> = []
    yield* Estimator.train(makeRecurrent(), { input: training, hooks: [recordLosses(plain)] })
    const parts: Array<number> = []
    const reached = yield* Deferred.make<void>()
    const stuck = Stream.concat(evaluation, Stream.fromEffect(Effect.andThen(Deferred.succeed(reached, undefined), Effect.never)))
    const estimator = estimatorIn("interrupted", { saveCheckpointsSteps: 3 })
    const train = { input: training, hooks: [recordLosses(parts)] }
    const fiber = yield* Effect.forkChild(Estimator.trainAndEvaluate(estimator, { train, evaluate: { input: stuck, throttleSecs: 0 } }))
    yield* Deferred.await(reached)
    yield* Fiber.interrupt(fiber)
    assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(fiber)))
    assert.strictEqual((yield* (yield* CheckpointStore).latest("interrupted"))?.step, 3)
    const result = yield* Estimator.trainAndEvaluate(estimator, { train, evaluate: spec })
    assert.deepStrictEqual(parts, plain)
    assert.deepStrictEqual(steps(result.evaluations), [6, 8])
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("a failure of the evaluation input ends the whole, and the training's state is saved", () =>
  Effect.gen(function* () {
    const error = yield* Effect.flip(
      Estimator.trainAndEvaluate(estimatorIn("torn"), {
        train: { input: training },
        evaluate: { input: Stream.concat(evaluation, Stream.fail("torn" as const)), throttleSecs: 0 }
      })
    )
    assert.strictEqual(error, "torn")
    assert.strictEqual((yield* (yield* CheckpointStore).latest("torn"))?.step, 2)
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("keeps the best checkpoints besides the newest, also those of an earlier call", () =>
  Effect.gen(function* () {
    const store = yield* CheckpointStore
    const config = { keepCheckpointMax: 1, saveCheckpointsSteps: 1 }
    const run = (modelDir: string, maxSteps: number, order: "lower" | "higher") =>
      Estimator.trainAndEvaluate(estimatorIn(modelDir, config), {
        train: { input: training, maxSteps },
        evaluate: spec,
        keepBest: { count: 2, metric: "mse", order }
      })
    for (const order of ["lower", "higher"] as const) {
      const first = yield* run(order, 5, order)
      const second = yield* run(order, 8, order)
      const sign = order === "lower" ? 1 : -1
      // the last is kept as the newest; it was evaluated too late to put another out
      const known = [...first.evaluations, ...second.evaluations].slice(0, -1)
      const best = [...known].sort((a, b) => sign * (a.metrics["mse"]! - b.metrics["mse"]!)).slice(0, 2)
      const expected = [...new Set([...steps(best), 8])].sort((a, b) => a - b)
      assert.deepStrictEqual(
        (yield* store.list(order)).map(({ step }) => step),
        expected
      )
    }
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("says what is missing or wrong before anything runs", () =>
  Effect.gen(function* () {
    const wrong = (estimator: ReturnType<typeof makeRecurrent>, evaluate: object, keepBest = {}) =>
      Effect.map(
        Effect.flip(
          Estimator.trainAndEvaluate(estimator, { train: { input: training, maxSteps: 3 }, evaluate: { ...spec, ...evaluate }, ...keepBest })
        ),
        (error) => (typeof error === "string" ? error : error.message)
      )
    assert.include(yield* wrong(makeRecurrent(), {}), "modelDir")
    assert.include(yield* wrong(estimatorIn("a"), { throttleSecs: -1 }), "evaluate.throttleSecs")
    assert.include(yield* wrong(estimatorIn("a"), { steps: 0 }), "evaluate.steps")
    assert.include(yield* wrong(estimatorIn("a"), {}, { keepBest: { count: 0 } }), "keepBest.count")
    assert.include(yield* wrong(estimatorIn("a"), {}, { keepBest: { count: 1, metric: "msa" } }), 'Did you mean "mse"?')
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("[row 166] evaluates all checkpoints of a range with one program, best first", () =>
  Effect.gen(function* () {
    const estimator = estimatorIn("all", { keepCheckpointMax: 0 })
    yield* Estimator.train(estimator, { input: training })
    const events: Array<RunEvent> = []
    const all = yield* Estimator.evaluateAll(estimator, { input: evaluation }).pipe(Effect.provide(recordEvents(events)))
    assert.deepStrictEqual(
      steps(all).sort((a, b) => a - b),
      [0, 2, 4, 6, 8]
    )
    const losses = all.map(({ loss }) => loss)
    assert.deepStrictEqual(
      losses,
      [...losses].sort((a, b) => a - b)
    )
    assert.strictEqual(events.filter(({ event }) => event === "compile").length, 1)
    for (const { checkpoint, loss } of all) {
      assert.strictEqual((yield* Estimator.evaluate(estimator, { input: evaluation, checkpointPath: checkpoint.path })).loss, loss)
    }
    const some = yield* Estimator.evaluateAll(estimator, { input: evaluation, minStep: 3, maxStep: 6, metric: "mse", order: "higher" })
    assert.deepStrictEqual(
      steps(some).sort((a, b) => a - b),
      [4, 6]
    )
    assert.isAtLeast(some[0]!.metrics["mse"]!, some[1]!.metrics["mse"]!)
    const none = yield* Effect.flip(Estimator.evaluateAll(estimator, { input: evaluation, minStep: 9 }))
    assert.include(none.message, "from 9")
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

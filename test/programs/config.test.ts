import { assert, it } from "@effect/vitest"
import { Clock, ConfigProvider, Effect, Fiber, Layer, Option, Result, Stream } from "effect"
import { TestClock } from "effect/testing"
import * as EstimatorTest from "../../src/EstimatorTest.ts"
import * as configText from "../../src/domain/configText.ts"
import type { RunEvent } from "../../src/domain/Events.ts"
import type { RunConfigInput } from "../../src/domain/RunConfig.ts"
import { configure } from "../../src/programs/cli/flags.ts"
import { environmentConfig } from "../../src/programs/environmentConfig.ts"
import * as Estimator from "../../src/programs/Estimator.ts"
import { Device } from "../../src/services/Device.ts"
import type { Hook } from "../../src/services/Hooks.ts"
import { batches, makeRecurrent, recordEvents, recordLosses, seekable } from "./models.ts"

const many = seekable(batches(400, 4))

/** The reference device, on which a step takes a time by the test's clock. */
const timed = (millis: () => number) =>
  Layer.effect(
    Device,
    Effect.map(Device, (device) =>
      Device.of({
        ...device,
        compile: (program) =>
          Effect.map(device.compile(program), (executable) => ({
            ...executable,
            run: (n) => Effect.tap(executable.run(n), ({ completed }) => TestClock.adjust(completed * millis()))
          }))
      })
    )
  ).pipe(Layer.provideMerge(EstimatorTest.layer()))

const recordRuns = (into: Array<number>): Hook => ({
  name: "runs",
  afterRun: (_, { iterations }) => Effect.sync(() => (into.push(iterations), "continue" as const))
})

it.effect("[row 13] a time for iterationsPerLoop: the count follows the measured step, and the losses stay the same", () =>
  Effect.gen(function* () {
    let millis = 100
    const runs: Array<number> = []
    const losses: Array<number> = []
    const slower: Hook = {
      name: "slower",
      afterRun: ({ step }) =>
        Effect.sync(() => {
          if (step > 100) millis = 400
          return "continue" as const
        })
    }
    const estimator = Estimator.configure(makeRecurrent(), { tpu: { iterationsPerLoop: "2s" } })
    const options = { input: many, maxSteps: 300, hooks: [recordRuns(runs), recordLosses(losses), slower] }
    yield* Estimator.train(estimator, options).pipe(Effect.provide(timed(() => millis)))
    assert.deepStrictEqual(runs.slice(0, 6), [1, 20, 20, 20, 20, 20])
    // 400 ms a step from step 101 on: 5 steps in 2 s, as soon as the old runs are forgotten
    assert.strictEqual(runs.at(-2), 5)
    assert.strictEqual(
      runs.reduce((sum, n) => sum + n, 0),
      300
    )
    const plain: Array<number> = []
    yield* Estimator.train(makeRecurrent(), { input: many, maxSteps: 300, hooks: [recordLosses(plain)] }).pipe(Effect.provide(EstimatorTest.layer()))
    assert.deepStrictEqual(losses, plain)
  })
)

it.effect("[row 67] [row 201] initialInfeedSleepSecs: the infeed waits by the clock, and then the run goes on", () =>
  Effect.gen(function* () {
    const estimator = Estimator.configure(makeRecurrent(), { tpu: { initialInfeedSleepSecs: 30 } })
    const seconds = <A, E, R>(program: Effect.Effect<A, E, R>) =>
      Effect.gen(function* () {
        const began = yield* Clock.currentTimeMillis
        const fiber = yield* Effect.forkChild(program)
        while (fiber.pollUnsafe() === undefined) {
          yield* TestClock.adjust("1 second")
          yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
        }
        return [yield* Fiber.join(fiber), ((yield* Clock.currentTimeMillis) - began) / 1000] as const
      })
    const waits = <A, E, R>(program: Effect.Effect<A, E, R>) =>
      Effect.map(seconds(program), ([value, passed]) => {
        assert.isAtLeast(passed, 30)
        return value
      })
    const [, without] = yield* seconds(Estimator.train(makeRecurrent(), { input: many, steps: 2 }))
    assert.isBelow(without, 30)
    const losses: Array<number> = []
    const trained = yield* waits(Estimator.train(estimator, { input: many, steps: 2, hooks: [recordLosses(losses)] }))
    assert.strictEqual(trained.steps, 2)
    assert.strictEqual((yield* waits(Estimator.evaluate(estimator, { input: many, steps: 2 }))).examples, 8)
    const predictions = Estimator.predict(estimator, { input: Stream.fromIterable(batches(1, 4)) })
    assert.strictEqual((yield* waits(Stream.runCollect(predictions))).length, 4)
    // interrupted while it waits, it does not wait on
    const fiber = yield* Effect.forkChild(Estimator.train(estimator, { input: many, steps: 2 }))
    yield* TestClock.adjust("1 second")
    yield* Fiber.interrupt(fiber)
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("[row 19] [row 20] one progress event each interval, and none at all without logStepCountSteps", () =>
  Effect.gen(function* () {
    const steps = (logStepCountSteps: number | null) =>
      Effect.gen(function* () {
        const events: Array<RunEvent> = []
        const estimator = makeRecurrent({ logStepCountSteps, modelDir: `every ${logStepCountSteps}` })
        yield* Effect.gen(function* () {
          yield* Estimator.train(estimator, { input: many, steps: 7 })
          yield* Estimator.evaluate(estimator, { input: many, steps: 1 })
          yield* Stream.runDrain(Estimator.predict(estimator, { input: Stream.fromIterable(batches(1, 4)) }))
        }).pipe(Effect.provide(recordEvents(events)))
        return events.flatMap((event) => (event.event === "train" ? [event.step] : []))
      })
    assert.deepStrictEqual(yield* steps(3), [1, 4, 7])
    assert.deepStrictEqual(yield* steps(null), [])
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

const withEnvironment = (env: Record<string, string>) => Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env }))

it.effect("reads the environment, nested keys and JSON values too", () =>
  Effect.gen(function* () {
    const env = {
      PATH: "/bin",
      EFFECT_ESTIMATOR_MODEL_DIR: "7",
      EFFECT_ESTIMATOR_SEED: "7",
      EFFECT_ESTIMATOR_TRACK_MEAN: "true",
      EFFECT_ESTIMATOR_KEEP_CHECKPOINT_EVERY_N_HOURS: "0.5",
      EFFECT_ESTIMATOR_LOG_STEP_COUNT_STEPS: "null",
      EFFECT_ESTIMATOR_TPU_ITERATIONS_PER_LOOP: "5m",
      EFFECT_ESTIMATOR_TPU_NUM_CORES_PER_REPLICA: "2",
      EFFECT_ESTIMATOR_TPU_INPUT_PARTITION_DIMS: '[{"image":[2,1]},null]'
    }
    assert.deepStrictEqual(yield* environmentConfig.pipe(withEnvironment(env)), {
      modelDir: "7",
      seed: 7,
      trackMean: true,
      keepCheckpointEveryNHours: 0.5,
      logStepCountSteps: null,
      tpu: { iterationsPerLoop: "5m", numCoresPerReplica: 2, inputPartitionDims: [{ image: [2, 1] }, null] }
    })
    assert.deepStrictEqual(yield* environmentConfig.pipe(withEnvironment({ PATH: "/bin" })), {})
    const unknown = yield* Effect.flip(environmentConfig.pipe(withEnvironment({ EFFECT_ESTIMATOR_TPU_NUM_SHARD: "2" })))
    assert.include(unknown.message, 'Did you mean "EFFECT_ESTIMATOR_TPU_NUM_SHARDS"?')
    const strange = yield* Effect.flip(environmentConfig.pipe(withEnvironment({ EFFECT_ESTIMATOR_QUX: "2" })))
    assert.strictEqual(strange.message, "config EFFECT_ESTIMATOR_QUX: there is no such setting.")
    const wrong = yield* Effect.flip(environmentConfig.pipe(withEnvironment({ EFFECT_ESTIMATOR_PREFETCH: "many" })))
    assert.include(wrong.message, 'EFFECT_ESTIMATOR_PREFETCH: "many" is refused')
  })
)

it("every key has an environment name of its own", () => {
  const names = configText.paths.map(configText.environmentName)
  assert.strictEqual(new Set(names).size, names.length)
  assert.include(names, "EFFECT_ESTIMATOR_TPU_INITIAL_INFEED_SLEEP_SECS")
})

it.effect("flags go before the environment, that before the file, that before the code; also where the names differ", () =>
  Effect.gen(function* () {
    const code: RunConfigInput = { seed: 1, prefetch: 1, keepCheckpointMax: 1, tpu: { numShards: 1, iterationsPerLoop: 1 }, trackMean: true }
    const file = { seed: 2, prefetch: 2, keepCheckpointMax: 2, tpu: { numShards: 2 }, iterationsPerLoop: "2s" }
    const env = { EFFECT_ESTIMATOR_SEED: "3", EFFECT_ESTIMATOR_PREFETCH: "3", EFFECT_ESTIMATOR_TPU_ITERATIONS_PER_LOOP: "3" }
    const merged = (set: Record<string, string>, environment: Record<string, string>) =>
      configure(code, Option.some(file), { seed: Option.some(4), modelDir: Option.none() }, set).pipe(withEnvironment(environment))
    assert.deepStrictEqual(yield* merged({ "tpu.numCoresPerReplica": "8" }, env), {
      seed: 4,
      prefetch: 3,
      keepCheckpointMax: 2,
      trackMean: true,
      tpu: { numShards: 2, iterationsPerLoop: 3, numCoresPerReplica: 8 }
    })
    const wrong = yield* Effect.flip(merged({ "tpu.numShard": "1" }, env))
    assert.include(wrong.message, 'Did you mean "tpu.numShards"?')
    const inFile = yield* Effect.flip(configure({}, Option.some({ tpu: { numShards: 0 } }), {}))
    assert.include(inFile.message, "tpu.numShards: 0 is refused")
    // what only the sources together make right is checked on the whole
    const halves = { "tpu.perHostInput": "PerHostV2", "tpu.numCoresPerReplica": "2" }
    const dims = Option.some({ tpu: { inputPartitionDims: [[2, 1]] } })
    assert.deepStrictEqual((yield* configure({}, dims, {}, halves)).tpu?.inputPartitionDims, [[2, 1]])
    assert.include((yield* Effect.flip(configure({}, dims, {}))).message, "PerHostV2")
  }).pipe(withEnvironment({}))
)

it("reads JSON, YAML and TOML files", () => {
  const expected = { seed: 3, tpu: { iterationsPerLoop: "60s", numShards: 2 } }
  const texts = {
    "run.json": '{ "seed": 3, "tpu": { "iterationsPerLoop": "60s", "numShards": 2 } }',
    "run.YAML": "seed: 3\ntpu:\n  iterationsPerLoop: 60s\n  numShards: 2\n",
    "dir.d/run.yml": "seed: 3\ntpu: { iterationsPerLoop: 60s, numShards: 2 }\n",
    "run.toml": 'seed = 3\n[tpu]\niterationsPerLoop = "60s"\nnumShards = 2\n'
  }
  for (const [file, text] of Object.entries(texts)) assert.deepStrictEqual(Result.getOrThrow(configText.fromFile(file, text)), expected, file)
  const message = (file: string, text: string) => Result.getOrThrow(Result.flip(configText.fromFile(file, text))).message
  assert.include(message("run.ini", ""), "run.ini")
  assert.include(message("run.json", "{"), "cannot be read as json")
  assert.include(message("run.yaml", "tpu:\n  numShard: 2\n"), 'Did you mean "tpu.numShards"?')
})

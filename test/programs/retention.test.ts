import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem, Layer } from "effect"
import { TestClock } from "effect/testing"
import * as EstimatorTest from "../../src/EstimatorTest.ts"
import * as CheckpointStoreFile from "../../src/layers/storage/CheckpointStoreFile.ts"
import * as Estimator from "../../src/programs/Estimator.ts"
import { CheckpointStore } from "../../src/services/CheckpointStore.ts"
import type { Hook } from "../../src/services/Hooks.ts"
import { batches, makeRecurrent, seekable } from "./models.ts"

const input = seekable(batches(12, 4))
/** Each step takes 40 minutes. */
const slow: Hook = { name: "slow", afterRun: () => Effect.as(TestClock.adjust("40 minutes"), "continue") }
const stepsIn = (modelDir: string) =>
  Effect.gen(function* () {
    const store = yield* CheckpointStore
    const refs = yield* store.list(modelDir)
    for (const ref of refs) assert.strictEqual((yield* store.load(ref.path)).step, ref.step)
    return refs.map(({ step }) => step)
  })

const Files = CheckpointStoreFile.layer.pipe(Layer.provideMerge(NodeServices.layer))

for (const [name, layer] of [
  ["in memory", Layer.provideMerge(EstimatorTest.layer(), NodeServices.layer)],
  ["in files", Layer.provideMerge(Files, EstimatorTest.layer())]
] as const) {
  it.effect(`[row 166] keeps the last n, one of every so many hours, and all of them where asked (${name})`, () =>
    Effect.gen(function* () {
      const root = yield* (yield* FileSystem.FileSystem).makeTempDirectoryScoped()
      const run = (modelDir: string, config: object, maxSteps = 8) =>
        Estimator.train(makeRecurrent({ modelDir: `${root}/${modelDir}`, saveCheckpointsSteps: 1, ...config }), { input, maxSteps, hooks: [slow] })
      yield* run("last", { keepCheckpointMax: 3 })
      assert.deepStrictEqual(yield* stepsIn(`${root}/last`), [6, 7, 8])
      yield* run("all", { keepCheckpointMax: 0, keepCheckpointEveryNHours: 1 }, 4)
      assert.deepStrictEqual(yield* stepsIn(`${root}/all`), [0, 1, 2, 3, 4])
      // saved at 0, 40, 80, … minutes: of those that leave, each saved an hour or more after the one kept before stays
      const hourly = { keepCheckpointMax: 1, keepCheckpointEveryNHours: 1 }
      yield* run("hourly", hourly)
      assert.deepStrictEqual(yield* stepsIn(`${root}/hourly`), [2, 4, 6, 8])
      // counted on in another run
      yield* run("resumed", hourly, 3)
      assert.deepStrictEqual(yield* stepsIn(`${root}/resumed`), [2, 3])
      yield* run("resumed", hourly)
      assert.deepStrictEqual(yield* stepsIn(`${root}/resumed`), [2, 4, 6, 8])
    }).pipe(Effect.provide(layer))
  )
}

it.effect("best checkpoints and notes are kept in files as in memory", () =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const modelDir = `${yield* fs.makeTempDirectoryScoped()}/best`
    const estimator = makeRecurrent({ modelDir, saveCheckpointsSteps: 1, keepCheckpointMax: 1 })
    const evaluate = { input: seekable(batches(3, 4, 100)), throttleSecs: 0 }
    const run = (maxSteps: number) =>
      Estimator.trainAndEvaluate(estimator, { train: { input, maxSteps }, evaluate, keepBest: { count: 2, order: "higher" } })
    const first = yield* run(4)
    const second = yield* run(6)
    const known = [...first.evaluations, ...second.evaluations].slice(0, -1)
    const best = [...known].sort((a, b) => b.loss - a.loss).slice(0, 2)
    assert.deepStrictEqual(
      yield* stepsIn(modelDir),
      [...new Set([...best.map(({ globalStep }) => globalStep), 6])].sort((a, b) => a - b)
    )
    assert.include(yield* fs.readFileString(`${modelDir}/evaluations.json`), `"globalStep":6`)
    assert.deepStrictEqual(
      (yield* fs.readDirectory(modelDir)).filter((name) => name.endsWith(".tmp")),
      []
    )
  }).pipe(Effect.provide(Layer.provideMerge(Files, EstimatorTest.layer())))
)

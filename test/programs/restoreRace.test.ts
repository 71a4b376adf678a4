/** Predicting and evaluating from a directory in which a training saves and deletes meanwhile. */
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem, Layer, Stream } from "effect"
import { Estimator, EstimatorTest } from "../../src/index.ts"
import * as CheckpointStoreFile from "../../src/layers/storage/CheckpointStoreFile.ts"
import { CheckpointStore } from "../../src/services/CheckpointStore.ts"
import { batches, makeRecurrent, seekable } from "./models.ts"

const Files = CheckpointStoreFile.layer.pipe(Layer.provideMerge(NodeServices.layer))
const stores = {
  memory: Layer.provideMerge(EstimatorTest.layer(), NodeServices.layer),
  files: Layer.provideMerge(Files, EstimatorTest.layer())
}

/** A store in which, while a checkpoint is about to be read, a newer one takes its place, as often as `times` says. */
const overtaken = (modelDir: string, times: number) =>
  Effect.map(CheckpointStore, (inner) => {
    let left = times
    return CheckpointStore.of({
      ...inner,
      load: Effect.fnUntraced(function* (path: string) {
        if (left > 0) {
          left--
          const { state, step, texts } = yield* inner.load(path)
          yield* inner.save(modelDir, { state, step: step + 1, texts }, 1)
        }
        return yield* inner.load(path)
      })
    })
  })

for (const [name, layer] of Object.entries(stores)) {
  it.live(`a checkpoint that is deleted before it has been read gives way to the newer one (${name})`, () =>
    Effect.gen(function* () {
      const modelDir = `${yield* (yield* FileSystem.FileSystem).makeTempDirectoryScoped()}/run`
      const estimator = makeRecurrent({ modelDir })
      yield* Estimator.train(estimator, { input: seekable(batches(2, 4)), steps: 2 })
      const input = Stream.fromIterable(batches(1, 4))
      const expected = [...(yield* Stream.runCollect(Estimator.predict(estimator, { input })))]
      const race = yield* overtaken(modelDir, 2)
      const predicted = yield* Stream.runCollect(Estimator.predict(estimator, { input })).pipe(Effect.provideService(CheckpointStore, race))
      assert.deepStrictEqual([...predicted], expected)
      const { globalStep } = yield* Estimator.evaluate(estimator, { input }).pipe(
        Effect.provideService(CheckpointStore, yield* overtaken(modelDir, 1))
      )
      assert.strictEqual(globalStep, 5)
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.live(`one that is just not there is an error, not a search without end (${name})`, () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const modelDir = `${yield* fs.makeTempDirectoryScoped()}/run`
      const estimator = makeRecurrent({ modelDir })
      yield* Estimator.train(estimator, { input: seekable(batches(1, 4)), steps: 1 })
      const inner = yield* CheckpointStore
      const gone = CheckpointStore.of({ ...inner, load: (path) => inner.load(`${path}0`) })
      const error = yield* Estimator.evaluate(estimator, { input: Stream.fromIterable(batches(1, 4)) }).pipe(
        Effect.provideService(CheckpointStore, gone),
        Effect.flip
      )
      assert.include(error, { _tag: "CheckpointError", reason: "NotFound" })
    }).pipe(Effect.scoped, Effect.provide(layer))
  )
}

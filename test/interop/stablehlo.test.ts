/** TensorFlow reads the StableHLO that is exported beside a SavedModel, and computes by it what this package predicts. */
import { NodeServices } from "@effect/platform-node"
import { afterAll, assert, beforeAll, it } from "@effect/vitest"
import { Effect, Exit, Layer, Scope } from "effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { Estimator, EstimatorTest, FormatSavedModel, type Model, Tensor } from "../../src/index.ts"
import * as CheckpointStoreFile from "../../src/layers/storage/CheckpointStoreFile.ts"
import { predicted, type Trained, trained } from "../layers/formats/models.ts"
import { ask, patience, temporary, withPeers } from "./peer.ts"

interface Plain {
  readonly dtype: string
  readonly shape: ReadonlyArray<number>
  readonly data: ReadonlyArray<number>
}

interface Answer {
  readonly results: ReadonlyArray<{ readonly [name: string]: Plain }>
  readonly signatures: ReadonlyArray<string>
  readonly producers: ReadonlyArray<string>
}

type Batch = { readonly [name: string]: Tensor.Tensor }

const services = EstimatorTest.layer().pipe((layer) => Layer.merge(layer, CheckpointStoreFile.layer), Layer.provideMerge(NodeServices.layer))

const rows = 3

const named = (batch: Batch | Tensor.Tensor): Batch => (ArrayBuffer.isView(batch.data) ? { features: batch as Tensor.Tensor } : (batch as Batch))

const plain = ({ data, dtype, shape }: Tensor.Tensor): Plain => ({ dtype, shape, data: [...data] })

const zeros = (data: Float32Array | Int32Array, ...shape: ReadonlyArray<number>) => plain(Tensor.make(data, shape))

/** Of Transformer-XL. */
const memory = {
  cache_0: zeros(new Float32Array(rows * 128), rows, 8, 16),
  cache_1: zeros(new Float32Array(rows * 128), rows, 8, 16),
  cache_2: zeros(new Int32Array(rows), rows)
}

/** By model: the signature, its results by the predictions that they are, the cache. */
const asked = [
  ["heads", "species", { classes: "classes" }, {}],
  ["heads", "price", { outputs: "value" }, {}],
  ["mnist", "serving_default", { digit: "digit", probability: "probability" }, {}],
  ["odd", "serving_default", { y: "y", Y: "Y", ü: "ü", ý: "ý", values: "values", indices: "indices", version: "version", tiled: "tiled" }, {}],
  ["transformerXl", "serving_default", { logits: "logits", character: "character" }, memory]
] as const

withPeers("exported StableHLO elsewhere", () => {
  const scope = Effect.runSync(Scope.make())
  let answers: ReadonlyArray<Answer> = []
  const expected: Array<ReadonlyArray<Batch>> = []

  beforeAll(
    () =>
      Effect.gen(function* () {
        const folder = yield* temporary
        const calls: Array<unknown> = []
        for (const [name, signature, , cache] of asked) {
          const model = (yield* trained[name](join(folder, signature))) as unknown as Trained<never> // the parameters are of no interest here
          const { path } = yield* Estimator.exportModel(model.estimator, {
            path: join(folder, "exports", name),
            formats: [FormatSavedModel.make()],
            features: model.features,
            exportToTpu: { batchSize: rows }
          })
          const batches = [1, 2, 3].map((seed) => model.batch(rows, seed))
          expected.push([...(yield* predicted(model, batches as ReadonlyArray<Model.Nest<Tensor.Tensor>>))])
          const inputs = batches.map((batch) => ({
            ...cache,
            ...Object.fromEntries(Object.entries(named(batch)).map(([key, x]) => [key, plain(x)]))
          }))
          calls.push({ path, signature, inputs, cache: Object.keys(cache) })
        }
        const file = join(folder, "asked.json")
        writeFileSync(file, JSON.stringify({ calls }))
        answers = yield* ask<ReadonlyArray<Answer>>("stablehloModule.py", { file })
      }).pipe(Effect.provide(services), Effect.provideService(Scope.Scope, scope), Effect.runPromise),
    patience
  )

  afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)))

  for (const [call, [name, signature, keys]] of asked.entries()) {
    it(`XlaCallModule gives what this package predicts: ${name}, ${signature}`, () => {
      const { results } = answers[call]!
      assert.strictEqual(results.length, 3)
      for (const [i, result] of results.entries()) {
        for (const [theirs, ours] of Object.entries(keys)) {
          const [found, wanted] = [result[theirs]!, expected[call]![i]![ours]!]
          assert.deepStrictEqual([found.dtype, found.shape], [wanted.dtype, [...wanted.shape]], theirs)
          found.data.forEach((x, at) =>
            assert.closeTo(x, wanted.data[at]!, 1e-5 * Math.max(1, Math.abs(wanted.data[at]!)), `call ${i} ${theirs}[${at}]`)
          )
        }
      }
    })
  }

  it("TensorFlow's own StableHLO writes the artifact again in the version that it has", () => {
    for (const { producers } of answers) assert.deepStrictEqual(producers, ["StableHLO_v1.0.0", "StableHLO_v1.0.0"])
  })

  it("tf.saved_model.load finds the SavedModel as it is without", () => {
    assert.deepStrictEqual(answers[0]!.signatures, ["both", "price", "serving_default", "species"])
  })
})

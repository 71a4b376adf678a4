/** What the export program does whatever the format; the formats' own tests are in `test/layers/formats`. */
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import { Deferred, Effect, Fiber, FileSystem, Layer, Path } from "effect"
import { ExportError } from "../../src/domain/Errors.ts"
import type { ServingModel } from "../../src/domain/export/ServingModel.ts"
import { evaluate } from "../../src/domain/graph/Evaluate.ts"
import type { ModelFn } from "../../src/domain/Model.ts"
import { make as tensor } from "../../src/domain/Tensor.ts"
import * as CheckpointStoreMemory from "../../src/layers/storage/CheckpointStoreMemory.ts"
import * as FormatOnnx from "../../src/layers/formats/FormatOnnx.ts"
import * as FormatSavedModel from "../../src/layers/formats/FormatSavedModel.ts"
import * as FormatTfjs from "../../src/layers/formats/FormatTfjs.ts"
import * as TracerTfjs from "../../src/layers/tracing/TracerTfjs.ts"
import * as Estimator from "../../src/programs/Estimator.ts"
import { CheckpointStore } from "../../src/services/CheckpointStore.ts"
import * as Exporter from "../../src/services/Exporter.ts"
import type { ModelFormat } from "../../src/services/ModelFormat.ts"

/** No device, no input, no queues: an export needs none of them. */
const services = Layer.mergeAll(TracerTfjs.layer, CheckpointStoreMemory.layer, NodeServices.layer)

const features = { x: { dtype: "float32", shape: [2] } } as const

const modelOf =
  (predict: (x: tf.Tensor2D, w: tf.Tensor2D) => ReturnType<ModelFn>): ModelFn =>
  ({ features: { x }, variables }) =>
    predict(x as tf.Tensor2D, variables.get("w", [2, 3]) as tf.Tensor2D)

const product = modelOf((x, w) => ({ predictions: { y: tf.matMul(x, w) } }))

const estimatorOf = (modelFn: ModelFn) => Estimator.make({ modelFn, config: { modelDir: "model" } })

const weights = tensor(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3])

const saved = (step: number, state = new Map([["w", weights]])) =>
  Effect.flatMap(CheckpointStore, (store) => store.save("model", { step, state, texts: new Map() }, 0))

/** Keeps what it is given instead of writing it. */
const keeping = (into: Array<ServingModel>, name = "kept"): ModelFormat => ({
  name,
  write: (model, directory) =>
    Effect.flatMap(FileSystem.FileSystem, (fs) =>
      Effect.orDie(
        Effect.andThen(
          fs.writeFileString(`${directory}/file`, "whole"),
          Effect.sync(() => void into.push(model))
        )
      )
    )
})

const folder = Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped())

const list = (path: string) => Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readDirectory(path))

const failureOf = (modelFn: ModelFn, format: ModelFormat, options: Partial<Estimator.ExportOptions> = {}) =>
  Effect.gen(function* () {
    yield* saved(1)
    const path = yield* folder
    const error = yield* Effect.flip(Estimator.exportModel(estimatorOf(modelFn), { path, features, formats: [format], ...options }))
    assert.deepStrictEqual(yield* list(path), [])
    return error
  })

describe("exportModel", () => {
  it.effect("[row 182] [row 188] asks neither input nor device, and calls the model function in mode predict alone", () =>
    Effect.gen(function* () {
      yield* saved(7)
      const modes = new Set<string>()
      const modelFn: ModelFn = (input) => {
        modes.add(input.mode)
        return product(input)
      }
      const models: Array<ServingModel> = []
      const exported = yield* Estimator.exportModel(estimatorOf(modelFn), { path: yield* folder, features, formats: [keeping(models)] })
      assert.deepStrictEqual([...modes], ["predict"])
      assert.strictEqual(exported.step, 7)
      const [{ graphs, inputs, outputs, variables }] = models as [ServingModel] // one format, called once
      assert.deepStrictEqual(
        inputs.map(({ name, shape }) => [name, shape]),
        [["x", [-1, 2]]]
      )
      assert.deepStrictEqual(
        outputs.map(({ name, shape }) => [name, shape]),
        [["y", [-1, 3]]]
      )
      assert.deepStrictEqual([...variables], [["w", weights]])
      for (const { batchSize, graph } of graphs) {
        const [y] = evaluate(graph, [weights.data, new Float32Array(2 * batchSize).fill(1)])
        assert.deepStrictEqual([...y!.subarray(0, 3)], [5, 7, 9])
        assert.strictEqual(y!.length, 3 * batchSize)
      }
    }).pipe(Effect.provide(services))
  )

  it.effect("one format's files lie in the export's folder, those of several in a folder each; names are seconds, never taken twice", () =>
    Effect.gen(function* () {
      yield* saved(1)
      const path = yield* folder
      const run = (...formats: ReadonlyArray<ModelFormat>) => Estimator.exportModel(estimatorOf(product), { path, features, formats })
      const first = yield* run(keeping([]))
      const second = yield* run(keeping([], "a"), keeping([], "b"))
      assert.deepStrictEqual((yield* list(path)).sort(), ["0", "1"])
      assert.deepStrictEqual(yield* list(first.path), ["file"])
      assert.deepStrictEqual((yield* list(second.path)).sort(), ["a", "b"])
    }).pipe(Effect.provide(services))
  )

  it.effect("a format that fails leaves nothing behind, and neither does an interrupt", () =>
    Effect.gen(function* () {
      const bad: ModelFormat = { name: "bad", write: () => Effect.fail(new ExportError({ reason: "Write", detail: "no" })) }
      assert.strictEqual((yield* failureOf(product, bad, { formats: [keeping([]), bad] }))._tag, "ExportError")
      const path = yield* folder
      const begun = yield* Deferred.make<void>()
      const endless: ModelFormat = { name: "endless", write: () => Effect.andThen(Deferred.succeed(begun, undefined), Effect.never) }
      const fiber = yield* Effect.forkChild(Estimator.exportModel(estimatorOf(product), { path, features, formats: [keeping([]), endless] }))
      yield* Deferred.await(begun)
      yield* Fiber.interrupt(fiber)
      assert.deepStrictEqual(yield* list(path), [])
    }).pipe(Effect.provide(services))
  )

  it.effect("draws are refused with op and line, unless what is offered for export has none", () =>
    Effect.gen(function* () {
      const drawing: ModelFn = (input) => ({
        predictions: { y: tf.add(product(input).predictions!["y"]!, input.random.uniform([input.batchSize, 3])) }
      })
      const error = yield* failureOf(drawing, FormatOnnx.make())
      assert.include(error.message, "export: Randomness (RandomUniform)")
      assert.match(error.message, /exportModel\.test\.ts:\d+/)
      const offering: ModelFn = (input) => ({
        ...drawing(input),
        exportOutputs: { plain: { kind: "predict", outputs: { y: product(input).predictions!["y"]! } } }
      })
      const models: Array<ServingModel> = []
      yield* Estimator.exportModel(estimatorOf(offering), { path: yield* folder, features, formats: [keeping(models)] })
      assert.deepStrictEqual(
        models[0]!.signatures.map(({ name }) => name),
        ["serving_default", "plain"]
      )
    }).pipe(Effect.provide(services))
  )

  for (const format of [FormatOnnx.make(), FormatSavedModel.make(), FormatTfjs.make()]) {
    it.effect(`${format.name}: what depends on the batch as a whole is refused, and can be exported for one size`, () =>
      Effect.gen(function* () {
        const centred = modelOf((x, w) => ({ predictions: { y: tf.sub(tf.matMul(x, w), tf.mean(x)) } }))
        const error = yield* failureOf(
          modelOf((x, w) => ({ predictions: { y: tf.mul(tf.matMul(x, w), 1 / x.shape[0]) } })),
          format
        )
        assert.include(error.message, `export: BatchSize (${format.name})`)
        assert.include(error.message, "batchSize")
        yield* Estimator.exportModel(estimatorOf(centred), { path: yield* folder, features, formats: [format], batchSize: 4 })
      }).pipe(Effect.provide(services))
    )
  }

  it.effect("what differs between odd and even batches is refused, and so is a signature that is called as the step of training", () =>
    Effect.gen(function* () {
      const parity = modelOf((x, w) => ({ predictions: { y: tf.mul(tf.matMul(x, w), x.shape[0] % 2) } }))
      assert.include((yield* failureOf(parity, FormatOnnx.make())).message, "BatchSize")
      const train = modelOf((x, w) => ({ predictions: { y: x }, exportOutputs: { train: { kind: "predict", outputs: { y: tf.matMul(x, w) } } } }))
      const step: ModelFn = (input) => (input.mode === "predict" ? train(input) : { loss: tf.scalar(0) })
      const error = yield* failureOf(step, FormatSavedModel.make(), { training: { batchSize: 2 } })
      assert.include(error.message, 'exportOutputs offers a signature "train"')
    }).pipe(Effect.provide(services))
  )

  it.effect("saved-model: inputs that Python cannot tell apart are refused", () =>
    Effect.gen(function* () {
      const two: ModelFn = (input) => ({ predictions: { y: tf.add(input.features["a b"]!, input.features["a_b"]!) } })
      const error = yield* failureOf(two, FormatSavedModel.make(), { features: { "a b": features.x, a_b: features.x } })
      assert.include(error.message, 'export: Port (saved-model): the inputs "a b" and "a_b"')
    }).pipe(Effect.provide(services))
  )

  it.effect("several exports at once into one folder get a place each", () =>
    Effect.gen(function* () {
      yield* saved(1)
      const path = yield* folder
      const one = Estimator.exportModel(estimatorOf(product), { path, features, formats: [keeping([])] })
      const all = yield* Effect.all([one, one, one, one], { concurrency: "unbounded" })
      assert.strictEqual(new Set(all.map((exported) => exported.path)).size, 4)
      assert.deepStrictEqual((yield* list(path)).sort(), ["0", "1", "2", "3"])
    }).pipe(Effect.provide(services))
  )

  it.effect("wrong options, a model without a checkpoint, and one of another model are refused", () =>
    Effect.gen(function* () {
      const refused = (options: Partial<Estimator.ExportOptions>) => Effect.map(failureOf(product, keeping([]), options), ({ message }) => message)
      assert.include(yield* refused({ formats: [] }), "expected at least one format")
      assert.include(yield* refused({ formats: [keeping([]), keeping([])] }), '"kept" is there twice')
      assert.include(yield* refused({ batchSize: 0 }), "expected a positive whole number, got 0")
      assert.include(yield* refused({ features: {} }), "there are none")
      assert.include(yield* refused({ features: { x: { dtype: "float32", shape: [-1] } } }), "has an extent of -1")
      assert.include(yield* refused({ path: "" }), "expected the folder of all exports")
      assert.include(yield* refused({ assets: new Map([["../escaped.txt", new Uint8Array(1)]]) }), "is no path below the export's folder")
      assert.include(yield* refused({ training: { batchSize: 4 } }), "has no place for a step of training")
      assert.include(yield* refused({ exportToTpu: { batchSize: 4 } }), "the format kept has no place for StableHLO")
      const tpu = { formats: [FormatSavedModel.make()], exportToTpu: { batchSize: 4 } }
      assert.include(yield* refused({ ...tpu, exportToTpu: { batchSize: 0 } }), "(a TPU's shapes are static), got")
      assert.include(
        yield* refused({ ...tpu, assets: new Map([["StableHLO/a.txt", new Uint8Array(1)]]) }),
        "lies where the export puts its StableHLO"
      )
      // of callers without types
      assert.include(yield* refused({ ...tpu, exportToTpu: true } as object), "expected { batchSize } with a positive whole number")
      const untyped = (options: object) => refused(options as Partial<Estimator.ExportOptions>)
      assert.include(yield* untyped({ batchSize: "4" }), 'expected a positive whole number, got "4"')
      assert.include(yield* untyped({ batchsize: 4 }), 'Did you mean "batchSize"?')
      assert.include(yield* untyped({ formats: [FormatOnnx.make] }), "call its make")
      assert.include(yield* untyped({ features: { x: { dtype: "float64", shape: [] } } }), 'is "float64"; elements are float32, int32 or bool')
      assert.include(yield* untyped({ assets: { a: "b" } }), "expected a Map")
      assert.include(yield* untyped({ features: { "x/y": features.x, x: { y: features.x } } }), 'two of them are called "features/x/y"')
      const path = yield* folder
      const options = { path, features, formats: [keeping([])] }
      const nowhere = yield* Effect.flip(Estimator.exportModel(Estimator.make({ modelFn: product }), options))
      assert.include(nowhere.message, "an export takes its weights from a checkpoint")
      yield* saved(2, new Map([["other", weights]]))
      assert.include((yield* Effect.flip(Estimator.exportModel(estimatorOf(product), options))).message, "MissingTensor")
    }).pipe(Effect.provide(services))
  )

  it.effect("exporters export the checkpoint that was evaluated, and keep the newest of their exports", () =>
    Effect.gen(function* () {
      const path = yield* folder
      const models: Array<ServingModel> = []
      const exporter = Estimator.exporter(estimatorOf(product), { name: "all", path, features, formats: [keeping(models)], exportsToKeep: 2 })
      const history: Array<Exporter.ExportRequest["evalResult"]> = []
      for (const [step, loss] of [
        [1, 3],
        [2, 1],
        [3, 2]
      ] as const) {
        const checkpoint = yield* saved(step)
        const evalResult = { loss, globalStep: step, metrics: {}, examples: 1 } as unknown as Exporter.ExportRequest["evalResult"]
        const request = { checkpoint, evalResult, history: [...history], isFinal: false }
        yield* exporter.export(request)
        yield* Exporter.onlyBest(
          Estimator.exporter(estimatorOf(product), { name: "best", path: `${path}/best`, features, formats: [keeping([])] })
        ).export(request)
        history.push(evalResult)
      }
      assert.deepStrictEqual(
        models.map(({ step }) => step),
        [1, 2, 3]
      )
      const { join } = yield* Path.Path
      assert.deepStrictEqual((yield* list(path)).sort(), ["1", "2", "best"])
      assert.deepStrictEqual((yield* list(join(path, "best"))).sort(), ["0", "1"])
    }).pipe(Effect.provide(services))
  )
})

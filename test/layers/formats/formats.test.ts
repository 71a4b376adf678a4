/** Exported models give, in runtimes that Node has, what this package predicts, for batches of other sizes than they were traced at. */
import { NodeServices } from "@effect/platform-node"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import "@tensorflow/tfjs-backend-cpu"
import * as tf from "@tensorflow/tfjs-core"
import { Effect, Exit, FileSystem, Layer, Scope } from "effect"
import { createRequire } from "node:module"
import { readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import {
  Estimator,
  EstimatorTest,
  FormatOnnx,
  FormatSafetensors,
  FormatSavedModel,
  FormatTfjs,
  type Model,
  TensorFile,
  type Tensor
} from "../../../src/index.ts"
import { unknownOps } from "../../../src/layers/formats/FormatTfjs.ts"
import * as CheckpointStoreFile from "../../../src/layers/storage/CheckpointStoreFile.ts"
import { fieldsOf } from "../../../src/layers/storage/wire.ts"
import { predicted, type Trained, trained } from "./models.ts"

const require = createRequire(import.meta.url)

type Tensors = { readonly [name: string]: Tensor.Tensor }
type Run = (inputs: Tensors) => Promise<Tensors>

const services = EstimatorTest.layer().pipe((layer) => Layer.merge(layer, CheckpointStoreFile.layer), Layer.provideMerge(NodeServices.layer))

const sizes = [1, 2, 7]

const named = (batch: Tensors | Tensor.Tensor): Tensors =>
  ArrayBuffer.isView(batch.data) ? { features: batch as Tensor.Tensor } : (batch as Tensors)

interface OrtTensor {
  readonly type: Tensor.DType
  readonly dims: ReadonlyArray<number>
  readonly data: Tensor.TensorData
}

/** The part of onnxruntime-node that is used here. */
interface Ort {
  readonly Tensor: new (type: string, data: Tensor.TensorData, dims: ReadonlyArray<number>) => OrtTensor
  readonly InferenceSession: {
    readonly create: (
      file: string
    ) => Promise<{ readonly run: (feeds: { [name: string]: OrtTensor }) => Promise<{ readonly [name: string]: OrtTensor }> }>
  }
}

const onnxRun = async (folder: string): Promise<Run> => {
  const ort = require("onnxruntime-node") as Ort
  const session = await ort.InferenceSession.create(join(folder, "model.onnx"))
  return async (inputs) => {
    const feeds = Object.fromEntries(Object.entries(inputs).map(([name, { data, dtype, shape }]) => [name, new ort.Tensor(dtype, data, shape)]))
    const results = await session.run(feeds)
    return Object.fromEntries(Object.entries(results).map(([name, { data, dims, type }]) => [name, { dtype: type, shape: dims, data }]))
  }
}

const tfjsRun = async (folder: string): Promise<Run> => {
  const { loadGraphModel } = await import("@tensorflow/tfjs-converter")
  const json = JSON.parse(readFileSync(join(folder, "model.json"), "utf8"))
  const { paths, weights } = json.weightsManifest[0]
  const all = Buffer.concat(paths.map((path: string) => readFileSync(join(folder, path))))
  const artifacts = {
    modelTopology: json.modelTopology,
    signature: json.signature,
    format: json.format,
    weightSpecs: weights,
    weightData: all.buffer.slice(all.byteOffset, all.byteOffset + all.byteLength)
  }
  const model = await loadGraphModel({ load: () => Promise.resolve(artifacts) })
  return async (inputs) => {
    const given = Object.fromEntries(Object.entries(inputs).map(([name, { data, dtype, shape }]) => [name, tf.tensor(data, [...shape], dtype)]))
    const keys = Object.entries(json.signature.outputs as { readonly [key: string]: { readonly name: string } })
    const names = keys.map(([, { name }]) => name)
    const results = [model.execute(given, names)].flat()
    const read = await Promise.all(results.map((x) => x.data()))
    return Object.fromEntries(
      keys.map(([key], i) => [key, { dtype: results[i]!.dtype as Tensor.DType, shape: results[i]!.shape, data: read[i]! as Tensor.TensorData }])
    )
  }
}

const close = (found: Tensor.Tensor, expected: Tensor.Tensor, what: string) => {
  assert.deepStrictEqual([...found.shape], [...expected.shape], what)
  expected.data.forEach((x, i) => assert.closeTo(found.data[i]!, x, 1e-5 * Math.max(1, Math.abs(x)), `${what}[${i}]`))
}

const zeros = (dtype: "float32" | "int32", ...shape: ReadonlyArray<number>): Tensor.Tensor => {
  const length = shape.reduce((a, b) => a * b, 1)
  return { dtype, shape, data: dtype === "int32" ? new Int32Array(length) : new Float32Array(length) }
}

describe("exported models", () => {
  const scope = Effect.runSync(Scope.make())
  const run = <A, E>(effect: Effect.Effect<A, E, Layer.Success<typeof services> | Scope.Scope>) =>
    effect.pipe(Effect.provide(services), Effect.provideService(Scope.Scope, scope), Effect.runPromise)
  let folder = ""
  const models: { [name: string]: { readonly model: Trained<never>; readonly path: string } } = {}

  beforeAll(async () => {
    await tf.setBackend("cpu")
    await run(
      Effect.gen(function* () {
        folder = yield* (yield* FileSystem.FileSystem).makeTempDirectoryScoped()
        for (const [name, train] of Object.entries(trained)) {
          const model = (yield* train(folder)) as unknown as Trained<never> // the parameters are of no interest here
          const formats = [FormatOnnx.make(), FormatTfjs.make(), FormatSafetensors.make(), FormatSavedModel.make()]
          const { path } = yield* Estimator.exportModel(model.estimator, { path: join(folder, "exports", name), formats, features: model.features })
          models[name] = { model, path }
        }
      })
    )
  }, 120_000)
  afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)))

  const expectedOf = (model: Trained<never>, batches: ReadonlyArray<Tensors | Tensor.Tensor>) =>
    run(predicted(model, batches as ReadonlyArray<Model.Nest<Tensor.Tensor>>))

  for (const [format, open] of [
    ["onnx", onnxRun],
    ["tfjs", tfjsRun]
  ] as const) {
    it(`${format}: a convolutional net`, async () => {
      const { model, path } = models["mnist"]!
      const call = await open(join(path, format))
      for (const rows of sizes) {
        const batch = model.batch(rows)
        const [expected] = await expectedOf(model, [batch])
        const found = await call(named(batch))
        close(found["digit"]!, expected!["digit"]!, `${rows} digit`)
        close(found["probability"]!, expected!["probability"]!, `${rows} probability`)
      }
    })

    it(`${format}: several heads`, async () => {
      const { model, path } = models["heads"]!
      const call = await open(join(path, format))
      for (const rows of sizes) {
        const batch = model.batch(rows)
        const [expected] = await expectedOf(model, [batch])
        const found = await call(named(batch))
        close(found["price/outputs"]!, expected!["value"]!, `${rows} price`)
        close(found["species/classes"]!, expected!["classes"]!, `${rows} species`)
      }
    })

    it(`${format}: names that are nearly the same, constant outputs, both results of topk, numbers that count rows`, async () => {
      const { model, path } = models["odd"]!
      const call = await open(join(path, format))
      for (const rows of sizes) {
        const batch = model.batch(rows)
        const [expected] = await expectedOf(model, [batch])
        const found = await call(named(batch))
        for (const [name, tensor] of Object.entries(expected!)) close(found[name]!, tensor, `${rows} ${name}`)
      }
    })

    it(`${format}: Transformer-XL, its cache carried by the caller`, async () => {
      const { model, path } = models["transformerXl"]!
      const call = await open(join(path, format))
      const rows = 3
      const batches = [1, 2, 3].map((seed) => model.batch(rows, seed))
      const expected = [...(await expectedOf(model, batches))]
      let cache: Tensors = { cache_0: zeros("float32", rows, 8, 16), cache_1: zeros("float32", rows, 8, 16), cache_2: zeros("int32", rows) }
      for (const [i, batch] of batches.entries()) {
        const found = await call({ ...named(batch), ...cache })
        close(found["logits"]!, expected[i]!["logits"]!, `call ${i}`)
        close(found["character"]!, expected[i]!["character"]!, `call ${i}`)
        cache = Object.fromEntries(Object.keys(cache).map((name) => [name, found[`next_${name}`]!]))
      }
    })
  }

  it("large weights lie in files of their own: data beside an ONNX model, and several files of a graph model", async () => {
    const { model } = models["mnist"]!
    const formats = [FormatOnnx.make({ mostBytesInside: 0 }), FormatTfjs.make({ fileBytes: 1000 })]
    const { path } = await run(Estimator.exportModel(model.estimator, { path: join(folder, "large"), formats, features: model.features }))
    assert.isAbove(statSync(join(path, "onnx", "model.onnx.data")).size, 4096)
    assert.isAbove(readdirSync(join(path, "tfjs")).length, 10)
    const [expected] = await expectedOf(model, [model.batch(2)])
    for (const call of [await onnxRun(join(path, "onnx")), await tfjsRun(join(path, "tfjs"))]) {
      close((await call(named(model.batch(2))))["probability"]!, expected!["probability"]!, "probability")
    }
  })

  it("safetensors: the weights and what the model is called with", async () => {
    const { path } = models["heads"]!
    const weights = await run(TensorFile.list(join(path, "safetensors", "model.safetensors")))
    assert.deepStrictEqual(
      weights.map(({ name, shape }) => [name, shape]),
      [
        ["class/kernel", [5, 3]],
        ["price/kernel", [5, 1]],
        ["trunk/kernel", [6, 5]]
      ]
    )
    const described = await run(FormatSafetensors.describe(join(path, "safetensors")))
    assert.strictEqual(described.step, 3)
    assert.deepStrictEqual(
      described.inputs.map(({ name, shape }) => [name, shape]),
      [
        ["base", [-1]],
        ["x", [-1, 6]]
      ]
    )
    assert.deepStrictEqual(
      described.signatures.map(({ kind, name }) => [name, kind]),
      [
        ["serving_default", "predict"],
        ["species", "classification"],
        ["price", "regression"],
        ["both", "predict"]
      ]
    )
  })

  it("[row 183] saved-model: one graph, to serve", () => {
    const of = (message: Uint8Array, number: number) => fieldsOf(message).filter((field) => field.number === number)
    const [meta, ...others] = of(readFileSync(join(models["heads"]!.path, "saved-model", "saved_model.pb")), 2)
    assert.strictEqual(others.length, 0)
    const tags = of(of(meta!.bytes, 1)[0]!.bytes, 4).map(({ bytes }) => Buffer.from(bytes).toString())
    assert.deepStrictEqual(tags, ["serve"])
    const signatures = of(meta!.bytes, 5).map(({ bytes }) => Buffer.from(of(bytes, 1)[0]!.bytes).toString())
    assert.deepStrictEqual(signatures, ["serving_default", "species", "price", "both"])
  })

  it("[row 183] saved-model: one graph to serve at any batch size, and for a TPU StableHLO of one size beside it", async () => {
    const { model } = models["heads"]!
    const { path } = await run(
      Estimator.exportModel(model.estimator, {
        path: join(folder, "tpu"),
        formats: [FormatSavedModel.make()],
        features: model.features,
        exportToTpu: { batchSize: 8 }
      })
    )
    assert.deepStrictEqual(readFileSync(join(path, "saved_model.pb")), readFileSync(join(models["heads"]!.path, "saved-model", "saved_model.pb")))
    const place = join(path, "assets.extra", "stablehlo")
    const { batchSize, signatures } = JSON.parse(readFileSync(join(place, "manifest.json"), "utf8"))
    assert.strictEqual(batchSize, 8)
    const price = signatures.find(({ name }: { readonly name: string }) => name === "price")
    assert.deepStrictEqual(price.results, [{ name: "outputs", kind: "prediction", dtype: "float32", shape: [8] }])
    // magic number, version 6, and what wrote it
    assert.strictEqual(readFileSync(join(place, price.file)).subarray(0, 22).toString("latin1"), "ML\xefR\x0dStableHLO_v1.0.0\0")
  })

  it("tfjs: the list of ops that its converter lacks is true", () => {
    const lists = join(require.resolve("@tensorflow/tfjs-converter/package.json"), "../dist/operations/op_list")
    const sources = readdirSync(lists).filter((file) => file.endsWith(".js") && !file.endsWith("_test.js"))
    const known = new Set(
      sources.flatMap((file) => [...readFileSync(join(lists, file), "utf8").matchAll(/tfOpName'?: '(\w+)'/g)].map((match) => match[1]!))
    )
    assert.isAbove(known.size, 200)
    for (const op of unknownOps) assert.isFalse(known.has(op), op)
    for (const { path } of Object.values(models)) {
      const { modelTopology } = JSON.parse(readFileSync(join(path, "tfjs", "model.json"), "utf8")) as {
        readonly modelTopology: { readonly node: ReadonlyArray<{ readonly op: string }> }
      }
      for (const { op } of modelTopology.node) assert.isTrue(known.has(op), op)
    }
  })
})

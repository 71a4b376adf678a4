/** TensorFlow and onnxruntime in Python run the models that are exported here, and safetensors reads their weights. */
import { NodeServices } from "@effect/platform-node"
import { afterAll, assert, beforeAll, it } from "@effect/vitest"
import { Effect, Exit, Layer, Scope, Stream } from "effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { Estimator, EstimatorTest, FormatOnnx, FormatSafetensors, FormatSavedModel, type Model, type Tensor } from "../../src/index.ts"
import * as CheckpointStoreFile from "../../src/layers/storage/CheckpointStoreFile.ts"
import type { Hook } from "../../src/services/Hooks.ts"
import { CheckpointStore } from "../../src/services/CheckpointStore.ts"
import { floats, predicted, type Trained, trained } from "../layers/formats/models.ts"
import { ask, patience, temporary, withPeers } from "./peer.ts"

interface Plain {
  readonly dtype: string
  readonly shape: ReadonlyArray<number>
  readonly data: ReadonlyArray<number>
}

interface Run {
  readonly results: ReadonlyArray<{ readonly [name: string]: Plain }>
}

interface Answer {
  readonly savedModel: Run & {
    readonly signatures: ReadonlyArray<string>
    readonly variables: { readonly [name: string]: ReadonlyArray<number> }
    readonly bundle: { readonly [name: string]: ReadonlyArray<number> }
    readonly assets: ReadonlyArray<string>
  }
  readonly onnx: Run & { readonly inputs: { readonly [name: string]: ReadonlyArray<number | string> }; readonly step: string }
  readonly safetensors: { readonly tensors: { readonly [name: string]: readonly [dtype: string, shape: ReadonlyArray<number>] } }
}

interface Training {
  readonly losses: ReadonlyArray<number>
  readonly kernel: ReadonlyArray<number>
  readonly step: number
  readonly variables: ReadonlyArray<string>
}

type Batch = { readonly [name: string]: Tensor.Tensor }

const services = EstimatorTest.layer().pipe((layer) => Layer.merge(layer, CheckpointStoreFile.layer), Layer.provideMerge(NodeServices.layer))

const named = (batch: Batch | Tensor.Tensor): Batch => (ArrayBuffer.isView(batch.data) ? { features: batch as Tensor.Tensor } : (batch as Batch))

const plain = ({ data, dtype, shape }: Tensor.Tensor): Plain => ({ dtype, shape, data: [...data] })

const filled = (rows: number, { dtype, shape }: { readonly dtype: string; readonly shape: ReadonlyArray<number> }): Plain => {
  const whole = shape.map((d) => (d === -1 ? rows : d))
  return { dtype, shape: whole, data: new Array<number>(whole.reduce((a, b) => a * b, 1)).fill(0) }
}

const inputsOf = (batch: Batch) => Object.fromEntries(Object.entries(batch).map(([name, x]) => [name, plain(x)]))

/** The heads with a step of training beside them, and batches to train on. */
const exportedTraining = Effect.fnUntraced(function* (model: Trained<never>, folder: string) {
  const { path } = yield* Estimator.exportModel(model.estimator, {
    path: join(folder, "exports", "training"),
    formats: [FormatSavedModel.make()],
    features: model.features,
    training: { batchSize: 4, labels: { price: { dtype: "float32", shape: [] }, species: { dtype: "float32", shape: [3] } } }
  })
  const batches = [11, 12, 13, 14, 15].map((seed) => model.batch(4, seed) as Batch)
  return { path, batches, labels: { "labels/price": floats([4], 21), "labels/species": floats([4, 3], 22) } }
})

/** What training goes on to here, on the same batches. */
const continued = Effect.fnUntraced(function* (model: Trained<never>, batches: ReadonlyArray<Batch>, labels: Batch) {
  const losses: Array<number> = []
  const examples = batches.map((features) => ({ features, labels: { price: labels["labels/price"]!, species: labels["labels/species"]! } }))
  const hook: Hook = {
    name: "losses",
    afterRun: (_, run) => Effect.sync(() => (losses.push(...run.losses), "continue" as const))
  }
  // the first three have been trained on: a training that goes on passes them over
  const input = Stream.fromIterable([...examples.slice(0, 3), ...examples])
  yield* Estimator.train(model.estimator, { input, maxSteps: 8, hooks: [hook] })
  const store = yield* CheckpointStore
  const newest = (yield* store.latest((model.estimator.config as { readonly modelDir: string }).modelDir))! // it has just been saved
  return { losses, kernel: (yield* store.load(newest.path)).state.get("trunk/kernel")! }
})

const close = (found: Plain, expected: Tensor.Tensor, what: string) => {
  assert.strictEqual(found.dtype, expected.dtype, what)
  assert.deepStrictEqual(found.shape, [...expected.shape], what)
  found.data.forEach((x, i) => assert.closeTo(x, expected.data[i]!, 1e-5 * Math.max(1, Math.abs(expected.data[i]!)), `${what}[${i}]`))
}

withPeers("exported models elsewhere", () => {
  const scope = Effect.runSync(Scope.make())
  let answers: ReadonlyArray<Answer> = []
  let training: Training | undefined
  let ours: { readonly losses: ReadonlyArray<number>; readonly kernel: Tensor.Tensor } | undefined
  const expected: Array<ReadonlyArray<{ readonly [name: string]: Tensor.Tensor }>> = []

  beforeAll(
    () =>
      Effect.gen(function* () {
        const folder = yield* temporary
        const calls: Array<unknown> = []
        /** Batches of `rows`, one after another; TensorFlow is asked for the signature. */
        const add = Effect.fnUntraced(function* (
          model: Trained<never>,
          path: string,
          signature: string,
          rows: number,
          count: number,
          cache: ReadonlyArray<readonly [string, Plain]>
        ) {
          const batches = Array.from({ length: count }, (_, i) => model.batch(rows, i + 1))
          expected.push([...(yield* predicted(model, batches as ReadonlyArray<Model.Nest<Tensor.Tensor>>))])
          const inputs = batches.map((batch) => ({
            ...Object.fromEntries(cache),
            ...Object.fromEntries(Object.entries(named(batch)).map(([name, x]) => [name, plain(x)]))
          }))
          calls.push({ path, signature, inputs, cache: cache.map(([name]) => name) })
        })
        const exported = (model: Trained<never>, name: string) =>
          Estimator.exportModel(model.estimator, {
            path: join(folder, "exports", name),
            formats: [FormatSavedModel.make(), FormatOnnx.make(), FormatSafetensors.make()],
            features: model.features,
            assets: new Map([["vocabulary.txt", new TextEncoder().encode("a\nb\n")]])
          })
        // parameters of a test's models are of no interest
        const heads = (yield* trained.heads(folder)) as unknown as Trained<never>
        const { path: headsPath } = yield* exported(heads, "heads")
        yield* add(heads, headsPath, "both", 2, 1, [])
        yield* add(heads, headsPath, "species", 5, 1, [])
        yield* add(heads, headsPath, "price", 1, 1, [])
        const mnist = (yield* trained.mnist(folder)) as unknown as Trained<never>
        const { path: mnistPath } = yield* exported(mnist, "mnist")
        yield* add(mnist, mnistPath, "serving_default", 7, 1, [])
        yield* add(mnist, mnistPath, "serving_default", 1, 1, [])
        const xl = (yield* trained.transformerXl(folder)) as unknown as Trained<never>
        const { path: xlPath } = yield* exported(xl, "xl")
        const memory = (rows: number) =>
          [
            ["cache_0", filled(rows, { dtype: "float32", shape: [-1, 8, 16] })],
            ["cache_1", filled(rows, { dtype: "float32", shape: [-1, 8, 16] })],
            ["cache_2", filled(rows, { dtype: "int32", shape: [-1] })]
          ] as const
        yield* add(xl, xlPath, "serving_default", 3, 3, memory(3))
        const odd = (yield* trained.odd(folder)) as unknown as Trained<never>
        const { path: oddPath } = yield* exported(odd, "odd")
        yield* add(odd, oddPath, "serving_default", 2, 1, [])
        const { batches, labels, path } = yield* exportedTraining(heads, folder)
        const given = batches.map((features) => inputsOf({ ...features, ...labels }))
        const file = join(folder, "asked.json")
        writeFileSync(file, JSON.stringify({ calls, training: { path, batches: given } }))
        const answer = yield* ask<{ readonly calls: ReadonlyArray<Answer>; readonly training: Training }>("exportedModels.py", { file })
        answers = answer.calls
        training = answer.training
        ours = yield* continued(heads, batches, labels)
      }).pipe(Effect.provide(services), Effect.provideService(Scope.Scope, scope), Effect.runPromise),
    patience
  )

  afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)))

  it("TensorFlow gives what this package predicts, by each signature, at other batch sizes than the model was traced at", () => {
    const same = (call: number, keys: { readonly [theirs: string]: string }) =>
      Object.entries(keys).forEach(([theirs, ours]) =>
        close(answers[call]!.savedModel.results[0]![theirs]!, expected[call]![0]![ours]!, `${call} ${theirs}`)
      )
    same(0, { classes: "classes", value: "value" })
    same(1, { classes: "classes" })
    same(2, { outputs: "value" })
    same(3, { digit: "digit", probability: "probability" })
    same(4, { digit: "digit", probability: "probability" })
  })

  it("onnxruntime does, too", () => {
    const same = (call: number, keys: { readonly [theirs: string]: string }) =>
      Object.entries(keys).forEach(([theirs, ours]) =>
        close(answers[call]!.onnx.results[0]![theirs]!, expected[call]![0]![ours]!, `${call} ${theirs}`)
      )
    same(0, { "both/classes": "classes", "both/value": "value", "price/outputs": "value", "species/classes": "classes" })
    same(2, { "price/outputs": "value" })
    same(3, { digit: "digit", probability: "probability" })
    same(4, { digit: "digit", probability: "probability" })
    assert.deepStrictEqual(answers[3]!.onnx.inputs, { features: ["batch", 28, 28, 1] })
    assert.strictEqual(answers[3]!.onnx.step, "2")
  })

  for (const runtime of ["savedModel", "onnx"] as const) {
    it(`${runtime}: names that are nearly the same, constant outputs, both results of topk`, () => {
      const found = answers[6]![runtime].results[0]!
      const wanted = Object.entries(expected[6]![0]!)
      assert.isAbove(wanted.length, 7)
      for (const [name, tensor] of wanted) close(found[name]!, tensor, name)
    })

    it(`${runtime}: carries the cache of Transformer-XL from call to call`, () => {
      const { results } = answers[5]![runtime]
      assert.strictEqual(results.length, 3)
      results.forEach((result, i) => {
        close(result["logits"]!, expected[5]![i]!["logits"]!, `call ${i} logits`)
        close(result["character"]!, expected[5]![i]!["character"]!, `call ${i} character`)
      })
      assert.notDeepEqual(results[0]!["next_cache_0"]!.data, results[1]!["next_cache_0"]!.data)
    })
  }

  it("TensorFlow goes on training with the optimizer's slots as this package does", () => {
    assert.strictEqual(training!.losses.length, 5)
    training!.losses.forEach((loss, i) => assert.closeTo(loss, ours!.losses[i]!, 1e-5, `loss ${i}`))
    training!.kernel.forEach((x, i) => assert.closeTo(x, ours!.kernel.data[i]!, 1e-5, `kernel ${i}`))
    assert.strictEqual(training!.step, 8)
    assert.include(training!.variables, "trunk/kernel/Adam/m:0")
  })

  it("has the signatures, variables and assets", () => {
    const { savedModel } = answers[0]!
    assert.deepStrictEqual(savedModel.signatures, ["both", "price", "serving_default", "species"])
    assert.deepStrictEqual(savedModel.bundle, { "class/kernel": [5, 3], "price/kernel": [5, 1], "trunk/kernel": [6, 5] })
    assert.deepStrictEqual(savedModel.variables, { "class/kernel:0": [5, 3], "price/kernel:0": [5, 1], "trunk/kernel:0": [6, 5] })
    assert.deepStrictEqual(Object.keys(answers[1]!.savedModel.results[0]!).sort(), ["classes", "scores"])
    assert.deepStrictEqual(savedModel.assets, ["vocabulary.txt"])
    assert.deepStrictEqual(answers[0]!.safetensors.tensors, {
      "class/kernel": ["float32", [5, 3]],
      "price/kernel": ["float32", [5, 1]],
      "trunk/kernel": ["float32", [6, 5]]
    })
  })
})

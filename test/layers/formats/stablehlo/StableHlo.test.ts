/** What is exported as StableHLO predicts on XLA what this package predicts, and says what is wrong where something is. */
import { NodeServices } from "@effect/platform-node"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import { Effect, Exit, FileSystem, Layer, Result, Scope } from "effect"
import { createHash } from "node:crypto"
import { appendFileSync, cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { Errors, Estimator, EstimatorTest, FormatSavedModel, type Model, StableHlo, Tensor } from "../../../../src/index.ts"
import { compileFor } from "../../../../src/layers/device/pjrt/describe.ts"
import { locate } from "../../../../src/layers/device/pjrt/plugins.ts"
import { CheckpointStore } from "../../../../src/services/CheckpointStore.ts"
import * as CheckpointStoreFile from "../../../../src/layers/storage/CheckpointStoreFile.ts"
import { withXla } from "../../device/pjrt/available.ts"
import { predicted, type Trained, trained } from "../models.ts"

type Tensors = StableHlo.Tensors

const services = EstimatorTest.layer().pipe((layer) => Layer.merge(layer, CheckpointStoreFile.layer), Layer.provideMerge(NodeServices.layer))

const rows = 3

const named = (batch: Tensors | Tensor.Tensor): Tensors =>
  ArrayBuffer.isView(batch.data) ? { features: batch as Tensor.Tensor } : (batch as Tensors)

const close = (found: Tensor.Tensor, expected: Tensor.Tensor, what: string) => {
  assert.strictEqual(found.dtype, expected.dtype, what)
  assert.deepStrictEqual([...found.shape], [...expected.shape], what)
  expected.data.forEach((x, i) => assert.closeTo(found.data[i]!, x, 1e-5 * Math.max(1, Math.abs(x)), `${what}[${i}]`))
}

const zerosOf = ({ dtype, shape }: StableHlo.Loaded["inputs"][number]): Tensor.Tensor => {
  const length = shape.reduce((a, b) => a * b, 1)
  return Tensor.make(dtype === "int32" ? new Int32Array(length) : new Float32Array(length), shape)
}

withXla("exported StableHLO", () => {
  describe("exported StableHLO", () => {
    const scope = Effect.runSync(Scope.make())
    const run = <A, E>(effect: Effect.Effect<A, E, Layer.Success<typeof services> | Scope.Scope>) =>
      effect.pipe(Effect.provide(services), Effect.provideService(Scope.Scope, scope), Effect.runPromise)
    /** In a scope of its own. */
    const using = <A, E>(effect: Effect.Effect<A, E, Layer.Success<typeof services> | Scope.Scope>) => run(Effect.scoped(effect))
    let folder = ""
    const models: { [name: string]: { readonly model: Trained<never>; readonly path: string } } = {}

    beforeAll(async () => {
      await run(
        Effect.gen(function* () {
          folder = yield* (yield* FileSystem.FileSystem).makeTempDirectoryScoped()
          for (const [name, train] of Object.entries(trained)) {
            const model = (yield* train(folder)) as unknown as Trained<never> // the parameters are of no interest here
            const { path } = yield* Estimator.exportModel(model.estimator, {
              path: join(folder, "exports", name),
              formats: [FormatSavedModel.make()],
              features: model.features,
              exportToTpu: { batchSize: rows }
            })
            models[name] = { model, path }
          }
        })
      )
    }, 120_000)
    afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)))

    const options = () => ({ cache: join(folder, "cache") })
    const expectedOf = (model: Trained<never>, batches: ReadonlyArray<Tensors | Tensor.Tensor>) =>
      run(predicted(model, batches as ReadonlyArray<Model.Nest<Tensor.Tensor>>))

    for (const name of ["mnist", "odd"]) {
      it(`${name}: the predictions of the program`, async () => {
        const { model, path } = models[name]!
        const batches = [1, 2].map((seed) => model.batch(rows, seed))
        const expected = [...(await expectedOf(model, batches))]
        await using(
          Effect.gen(function* () {
            const loaded = yield* StableHlo.load(path, options())
            assert.strictEqual(loaded.batchSize, rows)
            for (const [i, batch] of batches.entries()) {
              const found = yield* loaded.run(named(batch))
              assert.sameMembers(Object.keys(found), Object.keys(expected[i]!))
              for (const [key, tensor] of Object.entries(expected[i]!)) close(found[key]!, tensor, `${name} ${i} ${key}`)
            }
          })
        )
      })
    }

    it("heads: each signature by its own keys, with the variables that it needs", async () => {
      const { model, path } = models["heads"]!
      const batch = named(model.batch(rows))
      const [expected] = await expectedOf(model, [batch])
      await using(
        Effect.gen(function* () {
          const price = yield* StableHlo.load(path, { ...options(), signature: "price" })
          const species = yield* StableHlo.load(path, { ...options(), signature: "species" })
          close((yield* price.run(batch))["outputs"]!, expected!["value"]!, "price")
          close((yield* species.run(batch))["classes"]!, expected!["classes"]!, "species")
          assert.deepStrictEqual(
            species.inputs.map(({ name, shape }) => [name, shape]),
            [
              ["base", [rows]],
              ["x", [rows, 6]]
            ]
          )
        })
      )
      const manifest = JSON.parse(readFileSync(join(path, "assets.extra", "stablehlo", "manifest.json"), "utf8")) as {
        readonly signatures: ReadonlyArray<{
          readonly name: string
          readonly arguments: ReadonlyArray<{ readonly kind: string; readonly name: string }>
        }>
      }
      const variables = manifest.signatures
        .find(({ name }) => name === "price")!
        .arguments.flatMap(({ kind, name }) => (kind === "variable" ? [name] : []))
      assert.deepStrictEqual(variables, ["trunk/kernel", "price/kernel"])
    })

    it("Transformer-XL, its cache carried by the caller", async () => {
      const { model, path } = models["transformerXl"]!
      const batches = [1, 2, 3].map((seed) => named(model.batch(rows, seed)))
      const expected = [...(await expectedOf(model, batches))]
      await using(
        Effect.gen(function* () {
          const loaded = yield* StableHlo.load(path, options())
          let cache: Tensors = Object.fromEntries(loaded.inputs.flatMap((port) => (port.kind === "cache" ? [[port.name, zerosOf(port)]] : [])))
          assert.deepStrictEqual(Object.keys(cache), ["cache_0", "cache_1", "cache_2"])
          for (const [i, batch] of batches.entries()) {
            const found = yield* loaded.run({ ...batch, ...cache })
            close(found["logits"]!, expected[i]!["logits"]!, `call ${i}`)
            close(found["character"]!, expected[i]!["character"]!, `call ${i}`)
            cache = Object.fromEntries(Object.keys(cache).map((name) => [name, found[`next_${name}`]!]))
          }
        })
      )
    })

    it("an index out of range fails the call, and the next one is computed", async () => {
      const table = Tensor.make(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8), [4, 2])
      const modelFn: Model.ModelFn = ({ features, variables }) => ({
        predictions: { row: tf.gather(variables.get("table", [4, 2]), features.ids as tf.Tensor1D) }
      })
      const ids = (...values: ReadonlyArray<number>) => ({ ids: Tensor.make(Int32Array.from(values), [2]) })
      await using(
        Effect.gen(function* () {
          const modelDir = join(folder, "gather")
          const store = yield* CheckpointStore
          yield* store.save(modelDir, { step: 7, state: new Map([["table", table]]), texts: new Map() }, 0)
          const { path } = yield* Estimator.exportModel(Estimator.make({ modelFn, config: { modelDir } }), {
            path: join(folder, "exports", "gather"),
            formats: [FormatSavedModel.make()],
            features: { ids: { dtype: "int32", shape: [] } },
            exportToTpu: { batchSize: 2 }
          })
          const loaded = yield* StableHlo.load(path, options())
          assert.strictEqual(loaded.step, 7)
          assert.deepStrictEqual(
            loaded.outputs.map(({ name }) => name),
            ["row"]
          )
          const failure = yield* Effect.flip(loaded.run(ids(3, 4)))
          assert.instanceOf(failure, Errors.ExecuteError)
          assert.match(failure.message, /OpFailed: Gather: an index is out of range \(at .*StableHlo\.test\.ts/)
          assert.deepStrictEqual([...(yield* loaded.run(ids(3, 0)))["row"]!.data], [7, 8, 1, 2])
        })
      )
    })

    it("calls at once wait for one another, and each gets its own results", async () => {
      const { model, path } = models["mnist"]!
      const batches = [1, 2, 3, 4, 5].map((seed) => model.batch(rows, seed))
      const expected = [...(await expectedOf(model, batches))]
      await using(
        Effect.gen(function* () {
          const loaded = yield* StableHlo.load(path, options())
          const found = yield* Effect.forEach(batches, (batch) => loaded.run(named(batch)), { concurrency: "unbounded" })
          found.forEach((outputs, i) => close(outputs["probability"]!, expected[i]!["probability"]!, `call ${i}`))
        })
      )
    })

    it("inputs that do not fit are named, with what was expected and what came", async () => {
      const { path } = models["heads"]!
      const base = Tensor.make(new Float32Array(rows), [rows])
      const x = Tensor.make(new Float32Array(rows * 6), [rows, 6])
      await using(
        Effect.gen(function* () {
          const loaded = yield* StableHlo.load(path, options())
          const refused = (inputs: Tensors) => Effect.map(Effect.flip(loaded.run(inputs)), ({ message }) => message)
          assert.match(yield* refused({ x }), /Input: expected f32\[3\] as "base", got none/)
          assert.match(yield* refused({ base, x: Tensor.make(new Float32Array(12), [2, 6]) }), /expected f32\[3,6\] as "x", got f32\[2,6\]/)
          assert.match(yield* refused({ base: Tensor.make(new Int32Array(rows), [rows]), x }), /expected f32\[3\] as "base", got i32\[3\]/)
          assert.match(yield* refused({ base, x, bias: base }), /there is no input "bias"; there are base, x\. Did you mean "base"\?/)
          assert.match(
            yield* refused({ base: { dtype: "float32", shape: [rows], data: new Int32Array(rows) }, x }),
            /expected 3 elements of float32 as "base", got 3 in a Int32Array/
          )
        })
      )
    })

    /** What loading a copy of an export fails with once `harm` has been at its folder. */
    const failureOf = (harm: (copy: string, place: string) => void, more: StableHlo.Options = {}) => {
      const copy = join(folder, "harmed")
      rmSync(copy, { recursive: true, force: true })
      cpSync(models["heads"]!.path, copy, { recursive: true })
      harm(copy, join(copy, "assets.extra", "stablehlo"))
      return using(Effect.flip(StableHlo.load(copy, { ...options(), ...more })))
    }

    it("files that are missing or damaged, and signatures that are not there, are typed errors with a remedy", async () => {
      const tags = async (harm: (copy: string, place: string) => void, more?: StableHlo.Options) => {
        const { _tag, message, ...rest } = await failureOf(harm, more)
        return [_tag, "reason" in rest ? rest.reason : undefined, message] as const
      }
      const [noTag, noReason, noMessage] = await tags((copy) => rmSync(join(copy, "assets.extra"), { recursive: true }))
      assert.deepStrictEqual([noTag, noReason], ["ArtifactError", "NotFound"])
      assert.match(noMessage, /manifest\.json: NotFound: there is no such file.*--export-to-tpu/)
      const [, torn, tornMessage] = await tags((_, place) =>
        writeFileSync(join(place, "manifest.json"), '{ "format": "effect-estimator/stablehlo" }')
      )
      assert.strictEqual(torn, "Damaged")
      assert.match(tornMessage, /no manifest that this version reads/)
      const [, gone] = await tags((_, place) => rmSync(join(place, "serving_default.mlirbc")))
      assert.strictEqual(gone, "NotFound")
      const [, longer, longerMessage] = await tags((_, place) => appendFileSync(join(place, "serving_default.mlirbc"), "x"))
      assert.strictEqual(longer, "Damaged")
      assert.match(longerMessage, /serving_default\.mlirbc: Damaged: expected bytes of SHA-256/)
      const [, signature, signatureMessage] = await tags(() => undefined, { signature: "prices" })
      assert.strictEqual(signature, "Signature")
      assert.match(signatureMessage, /expected one of serving_default, species, price, both, got prices/)
      const [variables, reason] = await tags((copy) => rmSync(join(copy, "variables"), { recursive: true }))
      assert.deepStrictEqual([variables, reason], ["CheckpointError", "NotFound"])
      const [plugin] = await tags(() => undefined, { plugin: join(folder, "none.so") })
      assert.strictEqual(plugin, "EngineUnavailable")
    })

    it("bytes that the plugin refuses are a CompileError, and end neither this process nor the plugin's", async () => {
      const failure = await failureOf((_, place) => {
        const file = join(place, "serving_default.mlirbc")
        const bytes = readFileSync(file)
        // within the section of types, whose length stays
        bytes.fill(0xff, 60, 70)
        writeFileSync(file, bytes)
        const manifest = JSON.parse(readFileSync(join(place, "manifest.json"), "utf8")) as { signatures: Array<{ sha256: string }> }
        manifest.signatures[0]!.sha256 = createHash("sha256").update(bytes).digest("hex")
        writeFileSync(join(place, "manifest.json"), JSON.stringify(manifest))
      })
      assert.strictEqual(failure._tag, "CompileError")
    })

    const tpu = locate("tpu")
    it.skipIf(Result.isFailure(tpu))(
      "libtpu compiles it for TPUs, without one (skipped where libtpu is not installed)",
      async () => {
        const place = join(models["transformerXl"]!.path, "assets.extra", "stablehlo")
        const text = readFileSync(join(place, "serving_default.mlirbc"))
        const request = { _tag: "CompileFor", topology: "v5e:2x2", description: {}, text, options: { replicas: 4, partitions: 1 } } as const
        const compiled = await using(Effect.flatMap(Effect.fromResult(tpu), (found) => compileFor(found, 4, request)))
        assert.strictEqual(compiled.kind, "TPU v5 lite")
        assert.isAbove(compiled.memory.peak, 0)
      },
      60_000
    )

    it("a compiled module is kept, and found again", async () => {
      const { path } = models["mnist"]!
      const cache = join(folder, "kept")
      await using(StableHlo.load(path, { cache }))
      const files = readdirSync(cache)
      assert.strictEqual(files.length, 1)
      await using(StableHlo.load(path, { cache }))
      assert.deepStrictEqual(readdirSync(cache), files)
    })

    it("signatures with the same results share a file, and without exportToTpu there is none", async () => {
      const { model, path } = models["mnist"]!
      assert.deepStrictEqual(readdirSync(join(path, "assets.extra", "stablehlo")).toSorted(), ["manifest.json", "serving_default.mlirbc"])
      const plain = await run(
        Estimator.exportModel(model.estimator, { path: join(folder, "plain"), formats: [FormatSavedModel.make()], features: model.features })
      )
      assert.isFalse(existsSync(join(plain.path, "assets.extra")))
    })
  })
})

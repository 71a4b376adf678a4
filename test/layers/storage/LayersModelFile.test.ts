import { assert, describe, it } from "@effect/vitest"
import { NodeServices } from "@effect/platform-node"
import "@tensorflow/tfjs-backend-cpu"
import * as tf from "@tensorflow/tfjs-core"
import * as tfl from "@tensorflow/tfjs-layers"
import { Effect, FileSystem } from "effect"
import { CheckpointError } from "../../../src/domain/Errors.ts"
import * as LayersModelFile from "../../../src/layers/storage/LayersModelFile.ts"
import { saveModel } from "./savedModel.ts"

const { layers: l } = tfl
const temporary = Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped())
const run = Effect.provide(NodeServices.layer)

interface Group {
  readonly paths: unknown
  readonly weights: unknown
}
/** A model.json with one group, and its bytes in `w.bin`. */
const written = (group: Partial<Group>, bytes: ArrayBufferView<ArrayBuffer> = new Uint8Array(4), more: object = {}) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const directory = yield* temporary
    yield* fs.writeFile(`${directory}/w.bin`, new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength))
    const file = `${directory}/model.json`
    const weight = { name: "a/kernel", dtype: "float32", shape: [1] }
    const manifest = [{ paths: ["w.bin"], weights: [weight], ...group }]
    yield* fs.writeFileString(file, JSON.stringify({ modelTopology: {}, weightsManifest: manifest, ...more }))
    return file
  })

it.effect("gives every weight that tfjs saved, whole across the cuts between files", () =>
  Effect.gen(function* () {
    yield* Effect.promise(() => tf.setBackend("cpu"))
    const directory = yield* temporary
    const model = tfl.sequential({
      layers: [l.dense({ units: 5, inputShape: [3], name: "one" }), l.batchNormalization({ name: "two" }), l.dense({ units: 2, name: "three" })]
    })
    const json = yield* saveModel(model, directory, { shard: 37 })
    const read = yield* LayersModelFile.read(`${directory}/model.json`)
    assert.deepStrictEqual(read.json, JSON.parse(JSON.stringify(json)))
    assert.deepStrictEqual(
      [...read.weights.keys()],
      model.weights.map((w) => w.originalName)
    )
    for (const weight of model.weights) {
      const found = read.weights.get(weight.originalName)!
      assert.deepStrictEqual([...found.shape], weight.read().shape)
      assert.deepStrictEqual(found.data, weight.read().dataSync())
    }
  }).pipe(run)
)

describe("quantized weights are the numbers that they stand for", () => {
  const weight = (quantization: object, dtype = "float32") => [{ name: "w", dtype, shape: [2, 2], quantization }]
  const cases: ReadonlyArray<
    readonly [name: string, weights: ReadonlyArray<object>, bytes: ArrayBufferView<ArrayBuffer>, wanted: ReadonlyArray<number>]
  > = [
    ["uint8", weight({ dtype: "uint8", scale: 0.5, min: -1 }), Uint8Array.of(0, 1, 4, 255), [-1, -0.5, 1, 126.5]],
    ["uint16", weight({ dtype: "uint16", scale: 0.25, min: 2 }), Uint16Array.of(0, 1, 4, 65535), [2, 2.25, 3, 16385.75]],
    ["int32 from uint8", weight({ dtype: "uint8", scale: 1.4, min: -3 }, "int32"), Uint8Array.of(0, 1, 2, 3), [-3, -2, 0, 1]],
    // 1, -2, 65504 (the largest), 2^-24 (the least)
    ["float16", weight({ dtype: "float16" }), Uint16Array.of(0x3c00, 0xc000, 0x7bff, 0x0001), [1, -2, 65504, 2 ** -24]],
    ["float16, special values", weight({ dtype: "float16" }), Uint16Array.of(0x7c00, 0xfc00, 0x7e00, 0x8000), [Infinity, -Infinity, Number.NaN, -0]]
  ]
  for (const [name, weights, bytes, wanted] of cases) {
    it.effect(name, () =>
      Effect.gen(function* () {
        const { weights: read } = yield* LayersModelFile.read(yield* written({ weights }, bytes))
        assert.deepStrictEqual([...read.get("w")!.data], [...wanted])
        const [spec] = weights
        const tfjs = tf.io.decodeWeights(bytes.buffer, [spec as tf.io.WeightsManifestEntry])["w"]!
        assert.deepStrictEqual(read.get("w")!.data, tfjs.dataSync())
      }).pipe(run)
    )
  }
})

it.effect("leaves an optimizer's weights out, reads other dtypes, and files that lie deeper", () =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const weights = [
      { name: "flags", dtype: "bool", shape: [3] },
      { name: "dense/kernel/m", dtype: "float32", shape: [1], group: "optimizer" },
      { name: "count", dtype: "int32", shape: [], group: "model" },
      { name: "none", dtype: "float32", shape: [0, 4] }
    ]
    const file = yield* written({ weights, paths: ["deep/w.bin"] })
    const directory = file.replace("/model.json", "")
    yield* fs.makeDirectory(`${directory}/deep`)
    yield* fs.writeFile(`${directory}/deep/w.bin`, Uint8Array.of(1, 0, 1, 9, 9, 9, 9, 254, 255, 255, 255))
    const { weights: read } = yield* LayersModelFile.read(file)
    assert.deepStrictEqual(
      [...read].map(([name, { data, dtype, shape }]) => [name, dtype, shape, [...data]]),
      [
        ["flags", "bool", [3], [1, 0, 1]],
        ["count", "int32", [], [-2]],
        ["none", "float32", [0, 4], []]
      ]
    )
  }).pipe(run)
)

describe("what cannot be read is a CheckpointError that says why", () => {
  const spec = (more: object) => ({ weights: [{ name: "a/kernel", dtype: "float32", shape: [1], ...more }] })
  const cases: ReadonlyArray<readonly [name: string, group: Partial<Group>, reason: CheckpointError["reason"], message: RegExp, more?: object]> = [
    ["a path out of the folder", { paths: ["../secret.bin"] }, "Corrupt", /not within the folder/],
    ["a path out of it in the middle", { paths: ["a/../../secret.bin"] }, "Corrupt", /not within the folder/],
    ["a path out of it on Windows", { paths: ["a\\..\\..\\secret.bin"] }, "Corrupt", /not within the folder/],
    ["an absolute path", { paths: ["/etc/passwd"] }, "Corrupt", /not within the folder/],
    ["a URL", { paths: ["https://example.org/w.bin"] }, "Corrupt", /not within the folder/],
    ["a path that is no text", { paths: [7] }, "Corrupt", /names a weight file 7/],
    ["no paths", { paths: undefined }, "Corrupt", /paths and weights/],
    ["a file that is not there", { paths: ["gone.bin"] }, "NotFound", /no such file/],
    ["fewer bytes than promised", spec({ shape: [1_000_000_000, 1000] }), "Truncated", /take 4000000000000 bytes; 4 are there/],
    ["more bytes than promised", spec({ shape: [0] }), "Corrupt", /take 0 bytes; 4 are there/],
    ["an extent below 0", spec({ shape: [-1] }), "Corrupt", /expected a list of extents/],
    ["a fraction as an extent", spec({ shape: [0.5] }), "Corrupt", /expected a list of extents/],
    ["a shape that is no list", spec({ shape: "1" }), "Corrupt", /expected a list of extents/],
    ["a size beyond all numbers", spec({ shape: [2 ** 40, 2 ** 40] }), "Corrupt", /larger than any file/],
    ["an unknown dtype", spec({ dtype: "float128" }), "Corrupt", /its dtype is "float128"/],
    ["strings", spec({ dtype: "string" }), "TypeMismatch", /string cannot be part of a state/],
    ["an unknown quantization", spec({ quantization: { dtype: "int4", scale: 1, min: 0 } }), "Corrupt", /expected uint8, uint16 or float16/],
    ["a quantization without a scale", spec({ quantization: { dtype: "uint8", min: 0 } }), "Corrupt", /the scale of its quantization/],
    ["a weight without a name", { weights: [{ dtype: "float32", shape: [1] }] }, "Corrupt", /without a name/],
    ["a weight twice", { weights: [1, 2].map(() => ({ name: "a", dtype: "bool", shape: [2] })) }, "Corrupt", /this weight twice/],
    ["a manifest that is no list", {}, "Corrupt", /is no list/, { weightsManifest: {} }],
    ["a group that is none", {}, "Corrupt", /paths and weights/, { weightsManifest: [null] }],
    ["a topology alone", {}, "Foreign", /no weightsManifest/, { weightsManifest: undefined }],
    ["a graph model", {}, "Foreign", /graph model/, { format: "graph-model" }]
  ]
  for (const [name, group, reason, message, more] of cases) {
    it.effect(name, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(LayersModelFile.read(yield* written(group, new Uint8Array(4), more)))
        assert.instanceOf(error, CheckpointError)
        assert.strictEqual(error.reason, reason)
        assert.match(error.message, message)
      }).pipe(run)
    )
  }
  for (const [name, text, reason] of [
    ["no JSON", "{", "Corrupt"],
    ["a list", "[]", "Foreign"],
    ["nothing", "", "Corrupt"]
  ] as const) {
    it.effect(`a file that holds ${name}`, () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const file = `${yield* temporary}/model.json`
        yield* fs.writeFileString(file, text)
        assert.strictEqual((yield* Effect.flip(LayersModelFile.read(file))).reason, reason)
      }).pipe(run)
    )
  }
})

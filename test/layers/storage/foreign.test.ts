/** Files of other programs, made by the letter of their formats: partitioned variables, element types, safetensors. */
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect, FileSystem, Result } from "effect"
import { crc32c, mask } from "../../../src/domain/crc32c.ts"
import * as Tensor from "../../../src/domain/Tensor.ts"
import { type BundleDType, dataFile, indexFile, readIndex } from "../../../src/layers/storage/bundle.ts"
import { headerLength, readHeader } from "../../../src/layers/storage/safetensors.ts"
import { checkCover, eachRun, readSliceKey } from "../../../src/layers/storage/slices.ts"
import { compareKeys, writeTable } from "../../../src/layers/storage/table.ts"
import * as TensorFile from "../../../src/layers/storage/TensorFile.ts"
import { valueOf } from "../../../src/layers/storage/values.ts"
import { fresh } from "./sample.ts"
import { headerOf, message, sliceKey } from "./foreignFiles.ts"

const utf8 = (text: string) => new TextEncoder().encode(text)
const float32 = (...values: ReadonlyArray<number>) => new Uint8Array(Float32Array.from(values).buffer)
const faultOf = <A, E>(result: Result.Result<A, E>) => Result.getOrThrow(Result.flip(result))

/** A tensor `[3,4]` in three parts: two of its first two rows, and the last row whole. */
const partitioned = (change: Partial<Record<"second" | "whole", Uint8Array>> = {}) => {
  const parts = [
    {
      key: sliceKey("w", [
        [0, 2],
        [0, 1]
      ]),
      shape: [2, 1],
      bytes: float32(0, 4)
    },
    {
      key:
        change.second ??
        sliceKey("w", [
          [0, 2],
          [1, 3]
        ]),
      shape: [2, 3],
      bytes: float32(1, 2, 3, 5, 6, 7)
    },
    {
      key: sliceKey("w", [
        [2, 1],
        [-1, -1]
      ]),
      shape: [1, 4],
      bytes: float32(8, 9, 10, 11)
    }
  ]
  let offset = 0
  const rows = parts.map(({ bytes, key, shape }) => {
    const value = message({ dtype: 1, shape, offset, size: bytes.length, crc: mask(crc32c(bytes)) })
    offset += bytes.length
    return { key, value }
  })
  const all = [
    { key: new Uint8Array(0), value: headerOf(1) },
    ...rows,
    { key: utf8("w"), value: change.whole ?? message({ dtype: 1, shape: [3, 4], slices: 3 }) }
  ].sort((a, b) => compareKeys(a.key, b.key))
  return { index: writeTable(all), data: Buffer.concat(parts.map(({ bytes }) => bytes)) }
}

describe("partitioned variables", () => {
  it("keys of parts say where they lie", () => {
    const key = sliceKey("a\0b\u00ff", [
      [0, 63],
      [64, 100_000],
      [-1, -1]
    ])
    assert.deepStrictEqual(readSliceKey(key), {
      name: "a\0b\u00ff",
      extents: [
        { begin: 0, length: 63 },
        { begin: 64, length: 100_000 },
        { begin: -1, length: -1 }
      ]
    })
  })
  it("runs of elements, of any rank", () => {
    const runs = (begin: Array<number>, shape: Array<number>, whole: Array<number>) => {
      const seen: Array<ReadonlyArray<number>> = []
      eachRun({ begin, shape }, whole, (...run) => seen.push(run))
      return seen
    }
    assert.deepStrictEqual(runs([1, 0, 1], [1, 2, 2], [2, 2, 3]), [
      [0, 7, 2],
      [2, 10, 2]
    ])
    assert.deepStrictEqual(runs([], [], []), [[0, 0, 1]])
    assert.deepStrictEqual(runs([0, 0], [0, 3], [2, 3]), [])
  })
  it("parts that overlap, leave something out, or are too many", () => {
    const at = (begin: number, length: number) => ({ begin: [begin], shape: [length] })
    checkCover("w", [4], [at(0, 1), at(1, 3)])
    for (const parts of [[at(0, 2), at(1, 2)], [at(0, 3)], [at(0, 2), at(0, 2)], Array.from({ length: 5000 }, () => at(0, 0))]) {
      assert.throws(() => checkCover("w", [4], parts), /parts/)
    }
  })
  it("an index whose parts do not fit is refused by name", () => {
    const wrong = {
      "outside of it": partitioned({
        second: sliceKey("w", [
          [0, 2],
          [2, 3]
        ])
      }),
      "of another tensor": partitioned({
        second: sliceKey("v", [
          [0, 2],
          [1, 3]
        ])
      }),
      "of another type": partitioned({ whole: message({ dtype: 3, shape: [3, 4], slices: 3 }) }),
      "of another rank": partitioned({ whole: message({ dtype: 1, shape: [12], slices: 3 }) }),
      "with a gap": partitioned({ whole: message({ dtype: 1, shape: [4, 4], slices: 3 }) })
    }
    for (const [what, { index }] of Object.entries(wrong)) {
      const fault = faultOf(readIndex(index))
      assert.strictEqual(fault.reason, "Corrupt", what)
      assert.isDefined(fault.tensor, what)
    }
  })
})

layer(NodeServices.layer)("files of others", (it) => {
  it.effect("a partitioned tensor is put together, and a flipped bit in one of its parts is found", () =>
    Effect.gen(function* () {
      const { dir, fs, store } = yield* fresh
      const prefix = `${dir}/model`
      const { data, index } = partitioned()
      yield* fs.writeFile(indexFile(prefix), index)
      yield* fs.writeFile(dataFile(prefix), data)
      const { state } = yield* store.values(prefix)
      assert.deepStrictEqual(
        state.get("w"),
        Tensor.make(
          Float32Array.from({ length: 12 }, (_, i) => i),
          [3, 4]
        )
      )
      assert.deepStrictEqual(yield* TensorFile.list(prefix), [{ name: "w", dtype: "float32", shape: [3, 4] }])
      for (const at of [0, 20, 47]) {
        const bad = Uint8Array.from(data)
        bad[at]! ^= 4
        yield* fs.writeFile(dataFile(prefix), bad)
        const error = yield* Effect.flip(store.values(prefix))
        assert.deepStrictEqual([error.reason, error.tensor], ["Corrupt", "w"])
      }
    })
  )
  it.effect("safetensors: written whole, read back; Keras's own files are refused with what to do", () =>
    Effect.gen(function* () {
      const { dir, store } = yield* fresh
      const fs = yield* FileSystem.FileSystem
      const file = `${dir}/a.safetensors`
      const state = new Map([
        ["b", Tensor.make(Uint8Array.of(1), [1])],
        ["10", Tensor.make(Float32Array.of(1.5, NaN), [2])],
        ["2", Tensor.make(new Int32Array(0), [0, 3])]
      ])
      yield* TensorFile.writeSafetensors(file, state, { by: "test" })
      assert.deepStrictEqual(yield* fs.readDirectory(dir), ["a.safetensors"])
      const values = yield* store.values(file)
      assert.deepStrictEqual(new Map([...values.state].sort()), new Map([...state].sort()))
      assert.deepStrictEqual(
        (yield* TensorFile.list(file)).map(({ dtype, name }) => [name, dtype]),
        [
          ["10", "float32"],
          ["2", "int32"],
          ["b", "bool"]
        ]
      )
      const bytes = yield* fs.readFile(file)
      yield* fs.writeFile(file, bytes.subarray(0, bytes.length - 1))
      const cut = yield* Effect.flip(store.values(file))
      assert.deepStrictEqual([cut.reason, cut.tensor, cut.file], ["Truncated", "b", file])
      const keras = yield* Effect.flip(store.values(`${dir}/model.keras`))
      assert.strictEqual(keras.reason, "Foreign")
      assert.include(keras.message, "tf.train.Checkpoint")
    })
  )
})

describe("element types", () => {
  const of = (dtype: Exclude<BundleDType, "string">, bytes: ArrayLike<number>, shape: ReadonlyArray<number>) =>
    valueOf({ dtype, shape, bytes: Uint8Array.from(bytes) })
  const numbers = (value: ReturnType<typeof valueOf>) => (typeof value === "string" ? value : [value.dtype, ...value.data])
  it("floats as float32, whole numbers as int32, others by a text", () => {
    assert.deepStrictEqual(numbers(of("bfloat16", [0x80, 0x3f, 0x80, 0xff, 0x01, 0x00], [3])), ["float32", 1, -Infinity, 2 ** -133])
    assert.deepStrictEqual(numbers(of("float16", [0x00, 0xc0, 0x01, 0x00], [2])), ["float32", -2, 2 ** -24])
    assert.deepStrictEqual(numbers(of("float64", new Uint8Array(Float64Array.of(0.1).buffer), [])), ["float32", Math.fround(0.1)])
    assert.deepStrictEqual(numbers(of("int64", new Uint8Array(BigInt64Array.of(-5n).buffer), [])), ["int32", -5])
    assert.deepStrictEqual(numbers(of("uint16", [255, 255], [1])), ["int32", 65535])
    assert.deepStrictEqual(numbers(of("int8", [255], [1])), ["int32", -1])
    assert.strictEqual(numbers(of("uint32", [0, 0, 0, 128], [1])), "uint32[1] with values beyond int32")
    assert.strictEqual(numbers(of("complex64", new Uint8Array(8), [1])), "complex64[1]")
    assert.strictEqual(numbers(valueOf({ dtype: "string", shape: [1], strings: [utf8("a")] })), "string[1]")
  })
})

describe("safetensors headers", () => {
  const header = (json: unknown) => utf8(typeof json === "string" ? json : JSON.stringify(json))
  const read = (json: unknown, data = 8) => readHeader(header(json), 8 + header(json).length + data)
  const w = { dtype: "F32", shape: [2], data_offsets: [0, 8] }
  it("takes what fits", () => {
    const { entries, metadata } = Result.getOrThrow(read({ __metadata__: { a: "b" }, w }))
    assert.deepStrictEqual(metadata, new Map([["a", "b"]]))
    assert.deepInclude(entries[0], { name: "w", dtype: "float32", size: 8 })
  })
  for (const [what, json, reason, tensor] of [
    ["no JSON", "{", "Foreign", undefined],
    ["no object", [1], "Foreign", undefined],
    ["an unknown dtype", { w: { ...w, dtype: "F4" } }, "TypeMismatch", "w"],
    ["a name of every object as dtype", { w: { ...w, dtype: "constructor" } }, "TypeMismatch", "w"],
    ["a shape that is none", { w: { ...w, shape: [-2] } }, "Corrupt", "w"],
    ["a shape beyond numbers", { w: { ...w, shape: [1e9, 1e9] } }, "Corrupt", "w"],
    ["offsets of another size", { w: { ...w, data_offsets: [0, 4] } }, "Corrupt", "w"],
    ["offsets that are none", { w: { ...w, data_offsets: ["0", 8] } }, "Corrupt", "w"],
    ["a hole", { w: { ...w, data_offsets: [4, 12] } }, "Corrupt", "w"],
    ["two in one place", { v: w, w }, "Corrupt", "w"],
    ["more than the file", { w: { ...w, shape: [4], data_offsets: [0, 16] } }, "Truncated", "w"],
    ["less than the file", {}, "Corrupt", undefined],
    ["metadata that is none", { __metadata__: { a: 1 }, w }, "Corrupt", undefined]
  ] as const) {
    it(`refuses ${what}`, () => {
      const fault = faultOf(read(json))
      assert.deepStrictEqual([fault.reason, fault.tensor], [reason, tensor])
    })
  }
  it("refuses lengths that cannot be", () => {
    const length = (n: bigint, size: number) => faultOf(headerLength(new Uint8Array(BigUint64Array.of(n).buffer), size)).reason
    assert.deepStrictEqual([length(2n ** 63n, 100), length(93n, 100)], ["Foreign", "Truncated"])
    assert.strictEqual(faultOf(headerLength(new Uint8Array(3), 3)).reason, "Truncated")
  })
})

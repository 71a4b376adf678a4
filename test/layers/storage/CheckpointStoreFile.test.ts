import { NodeServices } from "@effect/platform-node"
import { assert, describe, it, layer } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Schema from "effect/Schema"
import * as NodePath from "node:path"
import type { CheckpointError } from "../../../src/domain/Errors.ts"
import * as Tensor from "../../../src/domain/Tensor.ts"
import * as CheckpointStoreMemory from "../../../src/layers/storage/CheckpointStoreMemory.ts"
import { CheckpointStore } from "../../../src/services/CheckpointStore.ts"
import { plan } from "./faultyFileSystem.ts"
import { bits, checkpointAt, fresh, withPlan } from "./sample.ts"

const describeError = (e: CheckpointError) => [e.reason, e.file.split("/").at(-1), e.tensor]

layer(NodeServices.layer)("CheckpointStoreFile", (it) => {
  it.effect("gives back every bit", () =>
    Effect.gen(function* () {
      const { dir, store } = yield* fresh
      const ref = yield* store.save(`${dir}/new/run`, checkpointAt(500), 3)
      assert.strictEqual(ref.path, `${dir}/new/run/model.ckpt-500`)
      assert.deepStrictEqual(yield* store.latest(`${dir}/new/run`), ref)
      assert.deepStrictEqual(bits(yield* store.load(ref.path)), bits(checkpointAt(500)))
    })
  )

  it.effect("a relative directory gives relative paths", () =>
    Effect.gen(function* () {
      const { dir, store } = yield* fresh
      const relative = NodePath.relative(process.cwd(), dir)
      const ref = yield* store.save(relative, checkpointAt(1), 1)
      assert.strictEqual(ref.path, NodePath.join(relative, "model.ckpt-1"))
      assert.deepStrictEqual(yield* store.latest(relative), ref)
      assert.deepStrictEqual(yield* store.list(relative), [ref])
      yield* store.save(relative, checkpointAt(2), 1)
      assert.deepStrictEqual(
        (yield* store.list(dir)).map(({ step }) => step),
        [2]
      )
    })
  )

  const Extent = Schema.Int.pipe(Schema.check(Schema.isBetween({ minimum: 0, maximum: 5 })))
  const Leaves = Arbitrary.array(
    Arbitrary.schema(
      Schema.Struct({ name: Schema.NonEmptyString, shape: Schema.Array(Extent), kind: Schema.Literals(["float32", "int32", "bool"]) })
    ),
    { maxLength: 8 }
  )
  it.effect.prop(
    "any names, shapes and dtypes",
    [Leaves, Schema.String],
    ([leaves, text]) =>
      Effect.gen(function* () {
        const { dir, store } = yield* fresh
        const state = new Map(
          leaves
            .filter(({ name }) => name !== "global_step" && !name.startsWith("\0"))
            .map(({ name, shape, kind }) => {
              const four = shape.slice(0, 4)
              const data = Tensor.allocate(kind, Tensor.sizeOf(four))
              for (let i = 0; i < data.length; i++) data[i] = i % 2
              return [name.toWellFormed(), Tensor.make(data, four)] as const
            })
        )
        const checkpoint = { step: 7, state, texts: new Map([["t", text.toWellFormed()]]) }
        assert.deepStrictEqual(bits(yield* store.load((yield* store.save(dir, checkpoint, 1)).path)), bits(checkpoint))
      }),
    { arbitrary: { runs: 30 } }
  )

  it.effect("keeps the newest, lists oldest first, and leaves files it did not make", () =>
    Effect.gen(function* () {
      const { fs, dir, store } = yield* fresh
      yield* fs.writeFileString(`${dir}/model.ckpt-best.txt`, "mine")
      for (const step of [1, 2, 10, 20]) yield* store.save(dir, checkpointAt(step), 2)
      assert.deepStrictEqual(
        (yield* store.list(dir)).map((r) => r.step),
        [10, 20]
      )
      assert.deepStrictEqual((yield* fs.readDirectory(dir)).sort(), [
        "checkpoint",
        "model.ckpt-10.data-00000-of-00001",
        "model.ckpt-10.index",
        "model.ckpt-20.data-00000-of-00001",
        "model.ckpt-20.index",
        "model.ckpt-best.txt"
      ])
      yield* store.save(dir, checkpointAt(30), 0)
      assert.deepStrictEqual(
        (yield* store.list(dir)).map((r) => r.step),
        [10, 20, 30]
      )
    })
  )

  it.effect("an empty or missing directory has none", () =>
    Effect.gen(function* () {
      const { dir, store } = yield* fresh
      assert.isUndefined(yield* store.latest(dir))
      assert.isUndefined(yield* store.latest(`${dir}/no`))
      assert.deepStrictEqual(yield* store.list(`${dir}/no`), [])
    })
  )

  it.effect("the same step again: same content is one checkpoint, other content a second one", () =>
    Effect.gen(function* () {
      const { fs, dir, store } = yield* fresh
      const first = yield* store.save(dir, checkpointAt(5), 3)
      assert.deepStrictEqual(yield* store.save(dir, checkpointAt(5), 3), first)
      yield* fs.writeFile(`${first.path}.data-00000-of-00001`, new Uint8Array(3))
      const second = yield* store.save(dir, checkpointAt(5), 3)
      assert.strictEqual(second.path, `${dir}/model.ckpt-5-1`)
      assert.strictEqual((yield* fs.readFile(`${first.path}.data-00000-of-00001`)).length, 3)
      assert.deepStrictEqual(yield* store.latest(dir), second)
      // and a bad one is not pruned
      yield* store.save(dir, checkpointAt(6), 1)
      assert.deepStrictEqual(
        (yield* store.list(dir)).map((r) => r.path.split("/").at(-1)),
        ["model.ckpt-5", "model.ckpt-6"]
      )
    })
  )

  it.effect("names the tensor whose bytes are wrong", () =>
    Effect.gen(function* () {
      const { fs, dir, store } = yield* fresh
      const { path } = yield* store.save(dir, checkpointAt(9), 0)
      const file = `${path}.data-00000-of-00001`
      const bytes = yield* fs.readFile(file)
      bytes[bytes.length - 1]! ^= 128
      yield* fs.writeFile(file, bytes)
      assert.deepStrictEqual(describeError(yield* Effect.flip(store.load(path))), ["Corrupt", "model.ckpt-9.data-00000-of-00001", "random_key"])
    })
  )

  it.effect("foreign and missing files", () =>
    Effect.gen(function* () {
      const { fs, dir, store } = yield* fresh
      yield* fs.writeFileString(`${dir}/model.ckpt-1.index`, "PK\u0003\u0004 this is some archive of another program, longer than a footer")
      assert.deepStrictEqual(describeError(yield* Effect.flip(store.load(`${dir}/model.ckpt-1`))), ["Foreign", "model.ckpt-1.index", undefined])
      assert.deepStrictEqual(describeError(yield* Effect.flip(store.load(`${dir}/model.ckpt-2`))), ["NotFound", "model.ckpt-2.index", undefined])
    })
  )

  it.effect("latest: the newest named one is bad or gone", () =>
    Effect.gen(function* () {
      const { fs, dir, store } = yield* fresh
      yield* store.save(dir, checkpointAt(1), 0)
      const { path } = yield* store.save(dir, checkpointAt(2), 0)
      const data = `${path}.data-00000-of-00001`
      yield* fs.truncate(data, 5)
      const cut = yield* Effect.flip(store.latest(dir))
      assert.deepStrictEqual([cut.reason, cut.file], ["Truncated", data])
      assert.include(cut.message, "model.ckpt-1")
      yield* fs.remove(`${path}.index`)
      assert.strictEqual((yield* Effect.flip(store.latest(dir))).reason, "NotFound")
      yield* fs.writeFileString(`${dir}/checkpoint`, "model_check")
      assert.deepStrictEqual(describeError(yield* Effect.flip(store.latest(dir))), ["Corrupt", "checkpoint", undefined])
      assert.strictEqual((yield* Effect.flip(store.save(dir, checkpointAt(3), 1))).reason, "Corrupt")
    })
  )

  it.effect("a directory that cannot be written", () =>
    Effect.gen(function* () {
      const { fs, dir, store } = yield* fresh
      yield* fs.writeFileString(`${dir}/file`, "")
      for (const target of [`${dir}/file`, `${dir}/file/below`]) {
        assert.strictEqual((yield* Effect.flip(Effect.scoped(store.prepare(target)))).reason, "Unwritable")
        assert.strictEqual((yield* Effect.flip(store.save(target, checkpointAt(1), 1))).reason, "Unwritable")
      }
      for (const [code, reason] of [
        ["EACCES", "Unwritable"],
        ["EROFS", "Unwritable"],
        ["ENOSPC", "DiskFull"],
        ["EDQUOT", "DiskFull"]
      ] as const) {
        for (const k of [0, 2, 3])
          assert.strictEqual((yield* Effect.flip(Effect.scoped((yield* withPlan(plan(k, code))).prepare(`${dir}/ok`)))).reason, reason)
      }
      yield* Effect.scoped(store.prepare(`${dir}/ok`))
      // made for nothing, it is gone again; one that was there stays
      assert.isFalse(yield* fs.exists(`${dir}/ok`))
      yield* fs.makeDirectory(`${dir}/ok`)
      yield* Effect.scoped(store.prepare(`${dir}/ok`))
      assert.deepStrictEqual(yield* fs.readDirectory(`${dir}/ok`), [])
    })
  )

  it.effect("a checkpoint without a global step, and one with a tensor that no state can hold", () =>
    Effect.gen(function* () {
      const { dir, store } = yield* fresh
      const fs = yield* FileSystem.FileSystem
      const { writeData } = yield* Effect.promise(() => import("../../../src/layers/storage/bundleFiles.ts"))
      const put = (name: string, dtype: "float64" | "int64") =>
        Effect.gen(function* () {
          const index = yield* writeData(
            fs,
            `${dir}/model.ckpt-1.data-00000-of-00001`,
            new Map([
              [name, { dtype, shape: [], bytes: new Uint8Array(8) }],
              ...(name === "global_step" ? [["x", { dtype: "float64" as const, shape: [], bytes: new Uint8Array(8) }] as const] : [])
            ])
          )
          yield* fs.writeFile(`${dir}/model.ckpt-1.index`, index)
        })
      yield* put("x", "int64")
      assert.deepStrictEqual(describeError(yield* Effect.flip(store.load(`${dir}/model.ckpt-1`))), [
        "MissingTensor",
        "model.ckpt-1.index",
        "global_step"
      ])
      yield* put("global_step", "int64")
      assert.deepStrictEqual(describeError(yield* Effect.flip(store.load(`${dir}/model.ckpt-1`))), ["TypeMismatch", "model.ckpt-1.index", "x"])
    })
  )
})

describe("CheckpointStoreMemory", () => {
  it.effect("keeps copies, the newest only", () =>
    Effect.gen(function* () {
      const store = yield* CheckpointStore
      const checkpoint = checkpointAt(1)
      const ref = yield* store.save("d", checkpoint, 2)
      checkpoint.state.get("flag")!.data[0] = 0
      ;(yield* store.load(ref.path)).state.get("flag")!.data[0] = 0
      assert.deepStrictEqual(bits(yield* store.load(ref.path)), bits(checkpointAt(1)))
      yield* store.save("d", checkpointAt(2), 2)
      const last = yield* store.save("d", checkpointAt(3), 2)
      assert.deepStrictEqual(yield* store.latest("d"), last)
      assert.deepStrictEqual(
        (yield* store.list("d")).map((r) => r.step),
        [2, 3]
      )
      assert.strictEqual((yield* Effect.flip(store.load(ref.path))).reason, "NotFound")
      assert.isUndefined(yield* store.latest("other"))
    }).pipe(Effect.provide(CheckpointStoreMemory.layer))
  )
})

/** safetensors files of this package are read by the safetensors package, and its by this one. */
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { TensorFile, Tensor } from "../../src/index.ts"
import * as CheckpointStoreFile from "../../src/layers/storage/CheckpointStoreFile.ts"
import { ask, patience, temporary, withPeers } from "./peer.ts"

withPeers("safetensors", () => {
  it.effect(
    "both ways",
    () =>
      Effect.gen(function* () {
        const folder = yield* temporary
        const [ours, theirs] = [`${folder}/ours.safetensors`, `${folder}/theirs.safetensors`]
        const state = new Map([
          ["flags", Tensor.make(Uint8Array.of(1, 0, 1), [3])],
          ["é/w", Tensor.make(Float32Array.of(1, -0.5, 1e-40, 3), [2, 2])],
          ["7", Tensor.make(Int32Array.of(-7), [])]
        ])
        yield* TensorFile.writeSafetensors(ours, state, { step: "500" })
        const { metadata, read } = yield* ask<{ readonly metadata: unknown; readonly read: unknown }>("safetensorsFile.py", { ours, theirs })
        assert.deepStrictEqual(metadata, { step: "500" })
        assert.deepStrictEqual(read, {
          "7": ["int32", [], [-7]],
          flags: ["bool", [3], [true, false, true]],
          "é/w": ["float32", [2, 2], [1, -0.5, Math.fround(1e-40), 3]]
        })
        const values = yield* (yield* CheckpointStoreFile.make).values(theirs)
        assert.deepStrictEqual([...values.others], [])
        assert.deepStrictEqual(Object.fromEntries([...values.state].map(([name, { data, dtype, shape }]) => [name, [dtype, shape, [...data]]])), {
          half: ["float32", [2], [0.5, -2]],
          "layer.w": ["float32", [2, 3], [0, 1, 2, 3, 4, 5]],
          n: ["int32", [1], [3]],
          none: ["float32", [0, 2], []],
          wide: ["float32", [2], [0, Math.fround(0.1)]]
        })
      }).pipe(Effect.provide(NodeServices.layer)),
    patience
  )
})

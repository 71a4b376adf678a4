import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Tensor from "../../../src/domain/Tensor.ts"
import * as CheckpointStoreFile from "../../../src/layers/storage/CheckpointStoreFile.ts"
import type { Checkpoint } from "../../../src/services/CheckpointStore.ts"
import { faulty, type Plan } from "./faultyFileSystem.ts"

export const checkpointAt = (step: number): Checkpoint => ({
  step,
  state: new Map([
    ["layer/kernel", Tensor.make(Float32Array.of(step, NaN, -0, 1e-40, Infinity, 2), [2, 3])],
    ["layer/kernel/adam_m", Tensor.make(new Float32Array(0), [0, 4])],
    ["flag", Tensor.make(Uint8Array.of(1), [])],
    ["random_key", Tensor.make(Int32Array.of(-1, 2, step), [3])]
  ]),
  texts: new Map([
    ["input", `{"offset":${step}}`],
    ["hook/é", ""]
  ])
})

export const bits = (c: Checkpoint) => ({
  step: c.step,
  texts: [...c.texts].sort(),
  state: [...c.state].sort().map(([name, t]) => [name, t.dtype, t.shape, [...new Uint8Array(t.data.buffer, t.data.byteOffset, t.data.byteLength)]])
})

export const withPlan = (p: Plan) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    return yield* Effect.provideService(CheckpointStoreFile.make, FileSystem.FileSystem, faulty(fs, p))
  })

export const fresh = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  return { fs, dir: yield* fs.makeTempDirectoryScoped(), store: yield* CheckpointStoreFile.make }
})

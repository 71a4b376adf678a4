/** Saves checkpoints into the folder of the first argument for good, and tells of each operation before it: to be killed. */
import { NodeServices } from "@effect/platform-node"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import { make } from "../../../src/domain/Tensor.ts"
import * as CheckpointStoreFile from "../../../src/layers/storage/CheckpointStoreFile.ts"
import { faulty, plan } from "./faultyFileSystem.ts"

const folder = process.argv[2]!
const told = plan()
const write = (text: string) => void process.stdout.write(`${text}\n`)
const log = Object.assign([] as Array<string>, {
  push: (...lines: ReadonlyArray<string>) => (lines.forEach((line) => write(`op ${line}`)), lines.length)
})

const program = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const store = yield* Effect.provideService(CheckpointStoreFile.make, FileSystem.FileSystem, faulty(fs, { ...told, log }))
  yield* store.prepare(folder)
  const first = ((yield* store.latest(folder))?.step ?? 0) + 1
  for (let step = first; ; step++) {
    const data = new Float32Array(100_000).fill(step)
    yield* store.save(folder, { step, state: new Map([["w", make(data, [data.length])]]), texts: new Map() }, 2)
    write(`saved ${step}`)
  }
})
await Effect.runPromise(Effect.scoped(program).pipe(Effect.provide(NodeServices.layer)))

import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem, Layer, Path } from "effect"
import { CheckpointStore } from "../../../src/services/CheckpointStore.ts"
import * as CheckpointStoreFile from "../../../src/layers/storage/CheckpointStoreFile.ts"
import { claimFile } from "../../../src/layers/storage/claim.ts"

const inDirectory = <A, E, R>(use: (directory: string, lock: string) => Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const directory = yield* (yield* FileSystem.FileSystem).makeTempDirectoryScoped()
    return yield* use(directory, (yield* Path.Path).join(directory, claimFile))
  }).pipe(Effect.provide(Layer.provideMerge(CheckpointStoreFile.layer, NodeServices.layer)))

it.effect("a directory belongs to one run at a time, and is free again after it", () =>
  inDirectory((directory) =>
    Effect.gen(function* () {
      const store = yield* CheckpointStore
      const error = yield* Effect.scoped(Effect.andThen(store.prepare(directory), Effect.flip(Effect.scoped(store.prepare(directory)))))
      assert.strictEqual(error.reason, "InUse")
      assert.include(error.message, String(process.pid))
      yield* Effect.scoped(store.prepare(directory))
    })
  )
)

it.effect("the claim of a process that is gone, or that a crash cut short, is taken over", () =>
  inDirectory((directory, lock) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      // greater than any process number of Linux (2^22) and others; this one's, which another had before, as in a container that starts again
      for (const left of ["2147480000\n", "", `${process.pid}\n`, `${process.pid} 1\n`]) {
        yield* fs.writeFileString(lock, left)
        yield* Effect.scoped(
          Effect.andThen(
            (yield* CheckpointStore).prepare(directory),
            Effect.map(fs.readFileString(lock), (text) => assert.strictEqual(Number.parseInt(text, 10), process.pid))
          )
        )
        assert.isFalse(yield* fs.exists(lock))
      }
    })
  )
)

it.effect.skipIf(process.platform !== "linux")(
  "the claim of another process holds as long as that one runs, and no longer where another has its number",
  () =>
    inDirectory((directory, lock) =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const store = yield* CheckpointStore
        // the parent of this process
        yield* fs.writeFileString(lock, `${process.ppid}\n`)
        assert.strictEqual((yield* Effect.flip(Effect.scoped(store.prepare(directory)))).reason, "InUse")
        yield* fs.writeFileString(lock, `${process.ppid} 1\n`)
        yield* Effect.scoped(store.prepare(directory))
      })
    )
)

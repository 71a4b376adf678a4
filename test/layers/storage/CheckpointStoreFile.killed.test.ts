/** A writer that is killed at any byte leaves the checkpoint before it, or its own whole. */
import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Result from "effect/Result"
import { spawn } from "node:child_process"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { readIndex } from "../../../src/layers/storage/bundle.ts"
import * as CheckpointStoreFile from "../../../src/layers/storage/CheckpointStoreFile.ts"
import { dying } from "./faultyFileSystem.ts"
import { bits, checkpointAt, fresh } from "./sample.ts"

/** Runs `killed.ts` and kills it when it tells of operation `at` of its second save; gives the last step that it said was saved. */
const killedAt = (folder: string, at: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, "killed.ts"), folder], { stdio: ["ignore", "pipe", "inherit"] })
    let saved = 0
    let operations = 0
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line.startsWith("saved ")) saved = Number(line.slice(6))
      else if (saved > 0 && operations++ === at) child.kill("SIGKILL")
    })
    child.on("close", (_, signal) => (signal === "SIGKILL" ? resolve(saved) : reject(new Error(`ended by ${signal}`))))
  })

layer(NodeServices.layer)("CheckpointStoreFile, killed", (it) => {
  it.effect(
    "at every byte of a save",
    () =>
      Effect.gen(function* () {
        const { dir, fs, store } = yield* fresh
        const dyingStore = (bytes: number) => {
          const files = dying(fs, bytes)
          return Effect.map(Effect.provideService(CheckpointStoreFile.make, FileSystem.FileSystem, files), (made) => ({ made, files }))
        }
        const counted = yield* dyingStore(Infinity)
        yield* store.save(`${dir}/count`, checkpointAt(1), 1)
        yield* counted.made.save(`${dir}/count`, checkpointAt(2), 1)
        const total = counted.files.written()
        assert.isAbove(total, 300)
        const ends = new Set<number>()
        yield* store.save(`${dir}/run`, checkpointAt(1), 1)
        const first = yield* Effect.forEach(yield* fs.readDirectory(`${dir}/run`), (name) =>
          Effect.map(fs.readFile(`${dir}/run/${name}`), (b) => [name, b] as const)
        )
        for (let bytes = 0; bytes <= total; bytes++) {
          const run = `${dir}/run`
          const { made } = yield* dyingStore(bytes)
          yield* Effect.ignore(made.save(run, checkpointAt(2), 1))
          const latest = yield* store.latest(run)
          const loaded = yield* store.load(latest!.path)
          assert.deepStrictEqual(bits(loaded), bits(checkpointAt(latest!.step)), `killed after ${bytes} of ${total} bytes`)
          ends.add(latest!.step)
          // back to what was there before
          for (const name of yield* fs.readDirectory(run)) yield* fs.remove(`${run}/${name}`)
          for (const [name, content] of first) yield* fs.writeFile(`${run}/${name}`, content)
        }
        assert.deepStrictEqual([...ends].sort(), [1, 2])
      }),
    60_000
  )
  it.effect(
    "by the system, at many operations, in one folder after the other run",
    () =>
      Effect.gen(function* () {
        const { dir, store } = yield* fresh
        let before = 0
        for (const at of [0, 3, 5, 6, 7, 8, 10, 12, 14]) {
          const saved = yield* Effect.promise(() => killedAt(dir, at))
          assert.isAbove(saved, before)
          const latest = yield* store.latest(dir)
          assert.include([saved, saved + 1], latest!.step, `killed at operation ${at}`)
          const { data } = (yield* store.load(latest!.path)).state.get("w")!
          assert.isTrue(data.every((x) => x === latest!.step))
          before = latest!.step
        }
      }),
    120_000
  )
  it.effect("every single bit of an index, flipped, is found", () =>
    Effect.gen(function* () {
      const { dir, fs, store } = yield* fresh
      const { path } = yield* store.save(dir, checkpointAt(9), 0)
      const whole = Uint8Array.from(yield* fs.readFile(`${path}.index`))
      for (let bit = 0; bit < whole.length * 8; bit++) {
        whole[bit >> 3]! ^= 1 << (bit & 7)
        assert.isTrue(Result.isFailure(readIndex(whole)), `bit ${bit}`)
        whole[bit >> 3]! ^= 1 << (bit & 7)
      }
      assert.isTrue(Result.isSuccess(readIndex(whole)))
    })
  )
})

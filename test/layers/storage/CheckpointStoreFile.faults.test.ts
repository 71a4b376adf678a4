import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as CheckpointStoreFile from "../../../src/layers/storage/CheckpointStoreFile.ts"
import { plan } from "./faultyFileSystem.ts"
import { bits, checkpointAt, fresh, withPlan } from "./sample.ts"

layer(NodeServices.layer)("CheckpointStoreFile in trouble", (it) => {
  it.effect("is on the disk before it has its name, and has its name before the state file says so", () =>
    Effect.gen(function* () {
      const { dir } = yield* fresh
      const p = plan()
      yield* (yield* withPlan(p)).save(`${dir}/run`, checkpointAt(1), 1)
      const [data, index] = ["model.ckpt-1.data-00000-of-00001.tmp", "model.ckpt-1.index.tmp"]
      const written = (file: string) => [`open ${file}`, `write ${file}`, `sync ${file}`]
      assert.deepStrictEqual(p.log.slice(p.log.indexOf(`open ${data}`)), [
        ...written(data),
        ...written(index),
        `rename ${data}`,
        `rename ${index}`,
        ...["open run", "sync run"],
        ...written("checkpoint.tmp"),
        "rename checkpoint.tmp",
        ...["open run", "sync run"]
      ])
    })
  )

  for (const forever of [false, true]) {
    it.effect(`${forever ? "killed" : "failed"} at any operation of a save: what was there is loadable`, () =>
      Effect.gen(function* () {
        const { fs, dir } = yield* fresh
        const counting = plan()
        yield* (yield* withPlan(counting)).save(`${dir}/count`, checkpointAt(1), 1)
        const rehearsal = plan()
        yield* (yield* withPlan(rehearsal)).save(`${dir}/count`, checkpointAt(2), 1)
        assert.isAbove(rehearsal.count, 14)
        for (let k = 0; k < rehearsal.count; k++) {
          const run = `${dir}/run${k}`
          const store = yield* CheckpointStoreFile.make
          yield* store.save(run, checkpointAt(1), 1)
          const failure = yield* Effect.result((yield* withPlan(plan(k, "ENOSPC", forever))).save(run, checkpointAt(2), 1))
          const latest = yield* store.latest(run)
          assert.isDefined(latest)
          const loaded = yield* store.load(latest!.path)
          assert.deepStrictEqual(bits(loaded), bits(checkpointAt(latest!.step)))
          if (failure._tag === "Success") assert.strictEqual(latest!.step, 2)
          else {
            assert.instanceOf(failure.failure, Error)
            assert.include(["DiskFull", "Unreadable"], failure.failure.reason)
          }
          if (!forever)
            assert.deepStrictEqual(
              (yield* fs.readDirectory(run)).filter((name) => name.endsWith(".tmp")),
              [],
              `operation ${k}`
            )
          // the next save works and clears away what a killed process left
          yield* store.prepare(run)
          yield* store.save(run, checkpointAt(3), 1)
          assert.strictEqual((yield* store.latest(run))?.step, 3)
          assert.deepStrictEqual(
            (yield* fs.readDirectory(run)).filter((name) => name.endsWith(".tmp")),
            []
          )
        }
      })
    )
  }

  for (const when of ["before", "after"] as const) {
    it.effect(`interrupted ${when} any operation of a save: what was there is loadable and no temporary is left`, () =>
      Effect.gen(function* () {
        const { fs, dir, store } = yield* fresh
        yield* store.save(`${dir}/count`, checkpointAt(1), 1)
        const rehearsal = plan()
        yield* (yield* withPlan(rehearsal)).save(`${dir}/count`, checkpointAt(2), 1)
        for (let k = 0; k < rehearsal.count; k++) {
          const run = `${dir}/run${k}`
          yield* store.save(run, checkpointAt(1), 1)
          const p = plan(k)
          const faultyStore = yield* withPlan(p)
          const fiber: Fiber.Fiber<unknown, unknown> = yield* Effect.forkChild(
            Effect.suspend(() => {
              p[when] = Effect.sync(() => fiber.interruptUnsafe())
              return faultyStore.save(run, checkpointAt(2), 1)
            })
          )
          yield* Fiber.await(fiber)
          const latest = yield* store.latest(run)
          assert.deepStrictEqual(bits(yield* store.load(latest!.path)), bits(checkpointAt(latest!.step)))
          assert.deepStrictEqual(
            (yield* fs.readDirectory(run)).filter((name) => name.endsWith(".tmp")),
            [],
            `operation ${k}`
          )
        }
      })
    )
  }

  it.effect(
    "every flipped bit and every cut is an error that names the file",
    () =>
      Effect.gen(function* () {
        const { fs, dir, store } = yield* fresh
        const { path } = yield* store.save(dir, checkpointAt(9), 0)
        for (const file of [`${path}.index`, `${path}.data-00000-of-00001`]) {
          const whole = Uint8Array.from(yield* fs.readFile(file))
          for (let at = 0; at < whole.length; at++) {
            const bad = whole.slice()
            bad[at]! ^= 1 << (at % 8)
            yield* fs.writeFile(file, bad)
            const flipped = yield* Effect.flip(store.load(path))
            assert.include(["Corrupt", "Foreign", "Truncated"], flipped.reason, `${file} byte ${at}`)
            assert.strictEqual(flipped.file, file)
            if (file.includes(".data")) assert.isDefined(flipped.tensor)
            yield* fs.writeFile(file, whole.subarray(0, at))
            const cut = yield* Effect.flip(store.load(path))
            assert.deepStrictEqual([cut.reason, cut.file], ["Truncated", file], `${file} cut to ${at}`)
            assert.strictEqual((yield* fs.readFile(file)).length, at)
          }
          yield* fs.writeFile(file, whole)
        }
        assert.deepStrictEqual(bits(yield* store.load(path)), bits(checkpointAt(9)))
      }),
    60_000
  )
})

/** The compile cache: an entry is used whole or not at all. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { afterEach, beforeEach } from "vitest"
import * as Cache from "../../../../src/layers/device/pjrt/Cache.ts"
import { make } from "../../../../src/layers/device/pjrt/Engine.ts"
import { linear } from "../../../conformance/programs.ts"
import { withXla } from "./available.ts"

let folder: string

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "effect-estimator-pjrt-"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const body = Uint8Array.from({ length: 100 }, (_, i) => i)

/** What `through` does with the file: the calls it makes, and what comes out. */
const through = (file: string, refuse = false) => {
  const calls: Array<string> = []
  const result = Cache.through(file, {
    compile: () => (calls.push("compile"), "compiled"),
    load: (bytes) => {
      calls.push("load")
      if (refuse) throw new Error("of another plugin")
      assert.deepStrictEqual([...bytes], [...body])
      return "loaded"
    },
    serialize: () => (calls.push("serialize"), body)
  })
  return [...calls, result]
}

describe("the compile cache", () => {
  it("compiles once, and loads from then on", () => {
    const file = Cache.fileOf(path.join(folder, "new"), ["text", "plugin"])
    assert.deepStrictEqual(through(file), ["compile", "serialize", "compiled"])
    assert.deepStrictEqual(through(file), ["load", "loaded"])
    assert.deepStrictEqual(readdirSync(path.dirname(file)), [path.basename(file)], "nothing else is left there")
  })

  it("has another entry for another text, plugin or option, wherever one ends and the next begins", () => {
    const files = [
      ["a", "b"],
      ["ab", ""],
      ["", "ab"],
      ["a", "b", ""],
      ["b", "a"]
    ].map((parts) => Cache.fileOf(folder, parts))
    assert.strictEqual(new Set(files).size, files.length)
  })

  it("drops an entry that is cut, changed in any byte, or foreign, and compiles anew", () => {
    const file = Cache.fileOf(folder, ["text"])
    through(file)
    const good = readFileSync(file)
    const damaged = [
      good.subarray(0, 10),
      good.subarray(0, good.length - 1),
      Buffer.alloc(0),
      Buffer.from("something else"),
      Buffer.concat([good, good])
    ]
    for (const i of [0, 24, 40, good.length - 1]) {
      const changed = Buffer.from(good)
      changed[i]! ^= 1
      damaged.push(changed)
    }
    for (const bytes of damaged) {
      writeFileSync(file, bytes)
      assert.deepStrictEqual(through(file), ["compile", "serialize", "compiled"])
      assert.deepStrictEqual(readFileSync(file), good)
    }
  })

  it("drops an entry that the plugin will not load", () => {
    const file = Cache.fileOf(folder, ["text"])
    through(file)
    assert.deepStrictEqual(through(file, true), ["load", "compile", "serialize", "compiled"])
  })

  it("keeps what was used last, up to a size", () => {
    const files = ["a", "b", "c"].map((text) => Cache.fileOf(folder, [text]))
    files.forEach((file, i) => {
      Cache.write(file, body)
      utimesSync(file, i + 1, i + 1)
    })
    assert.isDefined(Cache.read(files[0]!), "it counts as used now")
    writeFileSync(path.join(folder, "of someone else"), "")
    Cache.prune(folder, 2 * readFileSync(files[0]!).length)
    assert.deepStrictEqual(readdirSync(folder).sort(), [...[files[0]!, files[2]!].map((file) => path.basename(file)), "of someone else"].sort())
  })

  it("does without where the folder cannot be written", () => {
    const file = path.join(folder, "file")
    writeFileSync(file, "")
    assert.deepStrictEqual(through(Cache.fileOf(file, ["text"])), ["compile", "serialize", "compiled"])
  })
})

withXla("the compile cache of XLA", () => {
  it.effect("gives a program that computes the same, and one file for each text", () =>
    Effect.gen(function* () {
      const run = Effect.scoped(
        Effect.gen(function* () {
          const executable = yield* make({ cache: folder }).compile(linear(1))
          yield* executable.initialise(1)
          yield* executable.feed([Float32Array.of(1, 2, 3, 4, 5, 6), Float32Array.of(1, 2)])
          return [yield* executable.run(1), yield* executable.readState]
        })
      )
      const first = yield* run
      const [entry] = readdirSync(folder)
      const before = readFileSync(path.join(folder, entry!))
      assert.deepStrictEqual(yield* run, first)
      assert.deepStrictEqual(readdirSync(folder), [entry])
      assert.deepStrictEqual(readFileSync(path.join(folder, entry!)), before)
    })
  )
})

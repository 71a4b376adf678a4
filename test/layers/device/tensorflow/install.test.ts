/** Finding TensorFlow, and the parts of installing it that need no network. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { deflateRawSync } from "node:zlib"
import { afterEach, beforeEach } from "vitest"
import { manifestName } from "../../../../src/layers/device/hosted/install/tools.ts"
import { addonName, cacheFolder, locateIn } from "../../../../src/layers/device/tensorflow/install/locate.ts"
import { isNeeded, tensorflowVersion } from "../../../../src/layers/device/tensorflow/install/pins.ts"
import { probe } from "../../../../src/layers/device/tensorflow/install/probe.ts"
import * as Zip from "../../../../src/layers/device/hosted/install/Zip.ts"

let folder: string

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "effect-estimator-tensorflow-"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const put = (file: string, content = "") => {
  mkdirSync(path.dirname(path.join(folder, file)), { recursive: true })
  writeFileSync(path.join(folder, file), content)
}

const surroundings = () => ({ env: {}, home: path.join(folder, "home"), from: [path.join(folder, "project", "package.json")] })

const cached = `home/.cache/effect-estimator/tensorflow-${tensorflowVersion}`
const tfjsNode = "project/node_modules/@tensorflow/tfjs-node"

const failureOf = () => Result.getOrThrow(Result.flip(locateIn(surroundings())))

describe("finding TensorFlow", () => {
  it("takes the project's tfjs-node with its binding before the cache, and the newest interface of it", () => {
    put(`${cached}/${manifestName}`, "{}")
    put(`${tfjsNode}/package.json`, "{}")
    for (const version of [6, 8, 10]) put(`${tfjsNode}/lib/napi-v${version}/${version === 10 ? "other" : addonName}`)
    put(`${tfjsNode}/deps/lib/libtensorflow.so.2`)
    const { addon, origin } = Result.getOrThrow(locateIn(surroundings()))
    assert.strictEqual(addon, path.join(folder, tfjsNode, "lib", "napi-v8", addonName))
    assert.include(origin, "project")
  })

  it("passes over a tfjs-node whose library is not there, for what was installed into the cache", () => {
    put(`${tfjsNode}/package.json`, "{}")
    put(`${tfjsNode}/lib/napi-v8/${addonName}`)
    mkdirSync(path.join(folder, tfjsNode, "deps/lib"), { recursive: true })
    symlinkSync(path.join(folder, "gone"), path.join(folder, tfjsNode, "deps/lib/libtensorflow.so.2"))
    assert.include(failureOf().message, "its binding is not there")
    put(`${cached}/${manifestName}`, "{}")
    assert.strictEqual(Result.getOrThrow(locateIn(surroundings())).addon, path.join(folder, cached, addonName))
  })

  it("takes an unfinished installation for none, and says what to do", () => {
    put(`${cached}/${addonName}`)
    assert.strictEqual(
      failureOf().message,
      "engine tensorflow is not available: neither a @tensorflow/tfjs-node nor TensorFlow in the cache folder is installed. " +
        "Run `npx effect-estimator devices install tensorflow`, or install a @tensorflow/tfjs-node whose binding loads."
    )
  })

  it("has its cache where the environment says", () => {
    const of = (env: { readonly [name: string]: string }) => cacheFolder({ ...surroundings(), env })
    assert.strictEqual(of({ XDG_CACHE_HOME: "/caches" }), path.resolve(`/caches/effect-estimator/tensorflow-${tensorflowVersion}`))
    assert.strictEqual(of({ XDG_CACHE_HOME: "" }), path.join(folder, cached))
  })

  it.effect("tries an addon in another process, and gives the loader's words", () =>
    Effect.gen(function* () {
      put("broken.node", "not a library")
      const error = yield* Effect.flip(probe(path.join(folder, "broken.node"), "Get another."))
      assert.match(error.message, /broken\.node/)
      assert.include(error.message, "Get another.")
    })
  )
})

/** A zip archive of these entries; one with a name that ends in `!` is stored as it is. */
const zip = (entries: ReadonlyArray<readonly [string, string]>): Buffer => {
  const parts: Array<Buffer> = []
  const directory: Array<Buffer> = []
  let offset = 0
  for (const [name, text] of entries) {
    const method = name.endsWith("!") ? 0 : 8
    const data = method === 0 ? Buffer.from(text) : deflateRawSync(text)
    const local = Buffer.alloc(30)
    local.writeUInt32LE(0x04034b50, 0)
    local.writeUInt16LE(name.length, 26)
    const entry = Buffer.alloc(46)
    entry.writeUInt32LE(0x02014b50, 0)
    entry.writeUInt16LE(method, 10)
    entry.writeUInt32LE(data.length, 20)
    entry.writeUInt32LE(text.length, 24)
    entry.writeUInt16LE(name.length, 28)
    entry.writeUInt32LE(offset, 42)
    directory.push(Buffer.concat([entry, Buffer.from(name)]))
    const whole = Buffer.concat([local, Buffer.from(name), data])
    parts.push(whole)
    offset += whole.length
  }
  const central = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(central.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...parts, central, end])
}

const extract = (content: Buffer, wanted: (name: string) => boolean = () => true) => {
  writeFileSync(path.join(folder, "a.zip"), content)
  const seen: Array<readonly [number, number]> = []
  const extraction = {
    archive: path.join(folder, "a.zip"),
    into: path.join(folder, "out"),
    isNeeded: wanted,
    onProgress: (done: number, total: number) => seen.push([done, total]),
    signal: new AbortController().signal
  }
  return { done: Zip.extract(extraction), seen }
}

const rejection = async (promise: Promise<unknown>): Promise<string> => {
  try {
    await promise
  } catch (error) {
    return (error as Error).message
  }
  throw new Error("it was accepted")
}

describe("unpacking a wheel", () => {
  it("writes what is wanted, compressed or stored, and tells how far it is", async () => {
    const long = "x".repeat(100_000)
    const { done, seen } = extract(
      zip([
        ["a/b.txt", long],
        ["c.txt!", "stored"],
        ["d.txt", "not wanted"]
      ]),
      (name) => name !== "d.txt"
    )
    await done
    assert.strictEqual(readFileSync(path.join(folder, "out/a/b.txt"), "utf8"), long)
    assert.strictEqual(readFileSync(path.join(folder, "out/c.txt!"), "utf8"), "stored")
    assert.throws(() => readFileSync(path.join(folder, "out/d.txt")), /ENOENT/)
    assert.deepStrictEqual(seen.at(-1), [100_006, 100_006])
  })

  it("refuses what is no archive, what is cut off, and what would leave the folder", async () => {
    assert.match(await rejection(extract(Buffer.from("hello")).done), /not a zip archive/)
    const whole = zip([["a.txt", "some text that is longer than its name"]])
    assert.match(await rejection(extract(whole.subarray(20)).done), /damaged|ends early/)
    assert.match(await rejection(extract(zip([["../escaped.txt", "x"]])).done), /outside/)
  })

  it("keeps the libraries and the headers that the compiler reads", () => {
    assert.deepStrictEqual(
      [
        "tensorflow/libtensorflow_cc.so.2",
        "tensorflow/include/tensorflow/c/c_api.h",
        "tensorflow/python/x.py",
        "tensorflow/include/tensorflow/core/y.h"
      ].map(isNeeded),
      [true, true, false, false]
    )
  })
})

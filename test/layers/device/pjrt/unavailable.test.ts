/** What becomes of a program where no plugin can be used, or the machine is too small: nothing is started. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { EngineUnavailable } from "../../../../src/domain/Errors.ts"
import * as Builder from "../../../../src/domain/graph/Builder.ts"
import type { Program } from "../../../../src/domain/Program.ts"
import { loadKoffi } from "../../../../src/layers/device/pjrt/client/Native.ts"
import { checkVersion, Plugin } from "../../../../src/layers/device/pjrt/client/Plugin.ts"
import type { Found } from "../../../../src/layers/device/pjrt/plugins.ts"
import { linear } from "../../../conformance/programs.ts"
import { held, refusalOf } from "./held.ts"

/** State of `n` numbers, which are zeros at first. */
const large = (n: number): Program => {
  const [b, init] = [Builder.make(), Builder.make()]
  b.output("w", { _tag: "State" }, b.parameter("w", { _tag: "State", kind: "variable", trainable: false }, { dtype: "float32", shape: [n] }))
  init.output("w", { _tag: "State" }, init.add("Fill", [], { dtype: "float32", shape: [n], value: 0 }))
  return { mode: "predict", step: b.build(), init: init.build() }
}

const at = (file: string) => () => Result.succeed<Found>({ platform: "cpu", origin: "", file })

const temporaryFile = (name: string, content: Uint8Array) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const folder = mkdtempSync(path.join(tmpdir(), "effect-estimator-pjrt-"))
      writeFileSync(path.join(folder, name), content)
      return path.join(folder, name)
    }),
    (file) => Effect.sync(() => rmSync(path.dirname(file), { recursive: true }))
  )

/** The first bytes of a library for arm64. */
const forArm = () => {
  const bytes = Buffer.alloc(64)
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1])
  bytes.writeUInt16LE(183, 18)
  return bytes
}

describe("the PJRT engine without a plugin that can be used", () => {
  it.effect("says what is missing and how to get it, before it starts a process", () =>
    Effect.gen(function* () {
      const locate = () => Result.fail(new EngineUnavailable({ engine: "pjrt", detail: "nothing is there", remedy: "Get it." }))
      const { device, started: count } = held({}, { locate })
      const error = yield* Effect.flip(device.compile(linear(1)))
      assert.strictEqual(error.message, "engine pjrt is not available: nothing is there. Get it.")
      assert.strictEqual(count(), 0)
    })
  )

  it.effect("says which machine a library is for, what is no library, and what is no plugin", () =>
    Effect.gen(function* () {
      const arm = yield* temporaryFile("plugin.so", forArm())
      const refused = yield* refusalOf({ locate: at(arm) })
      assert.match(refused, /^EngineUnavailable: .*plugin\.so cannot be loaded: it is built for arm64, and this is x64\. Run `npx/)
      const text = yield* temporaryFile("plugin.so", Buffer.from("not a library at all"))
      assert.match(yield* refusalOf({ locate: at(text) }), /it is not a library/)
      assert.match(yield* refusalOf({ locate: at(process.execPath) }), /^EngineUnavailable: /)
    })
  )

  it.effect("says what state takes that this machine has no memory for, before it starts a process", () =>
    Effect.gen(function* () {
      const { device, started: count } = held({ prefetch: 2 }, { locate: at(process.execPath) })
      const error = yield* Effect.flip(device.compile(large(2 ** 40)))
      assert.match(
        `${error._tag}: ${error.message}`,
        /^CompileError: pjrt cannot compile: the state \(4096\.0 GiB\) with .* takes 4096\.0 GiB of this machine's memory, and it has [\d.]+ GiB: use a smaller model/
      )
      assert.strictEqual(count(), 0)
    })
  )

  it("refuses an older version of the API by its number", () => {
    const koffi = loadKoffi()
    const table = new BigUint64Array(8)
    table[0] = 64n
    table[4] = 54n << 32n
    const plugin = new Plugin(koffi, koffi.address(table))
    assert.throws(
      () => checkVersion(plugin, "old.so"),
      "old.so has version 0.54 of the PJRT API, and this needs 0.81 or a later 0.x: take a newer plugin"
    )
    assert.isFalse(plugin.has("Client_Create"), "functions beyond the table's end are not there")
  })
})

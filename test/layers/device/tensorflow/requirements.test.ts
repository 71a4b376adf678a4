/** The programs that an installation of TensorFlow needs. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { afterEach, beforeEach } from "vitest"
import { check, type Programs, programsOf } from "../../../../src/layers/device/tensorflow/install/requirements.ts"

let folder: string

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "effect-estimator-command-"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe("programs that an installation needs", () => {
  const node = process.execPath
  const message = (programs: Programs, fetches = true) =>
    Effect.map(Effect.flip(check(programs, fetches)), (error) => error.message.replace("engine tensorflow is not available: ", ""))

  it("are those that the environment names", () => {
    assert.deepStrictEqual(programsOf({}), { compiler: "g++", python: "python3" })
    assert.deepStrictEqual(programsOf({ CXX: "clang++", PYTHON: "py" }), { compiler: "clang++", python: "py" })
  })

  it.effect("are tried at once: a compiler, and pip unless the wheel is given", () =>
    Effect.gen(function* () {
      assert.match(yield* message({ compiler: "no-compiler", python: node }), /^no-compiler could not be started.*\. Install a C\+\+ compiler/)
      // node knows no -m
      assert.match(yield* message({ compiler: node, python: node }), /bad option: -m.*\. Install Python's pip .* --wheel\.$/s)
      yield* check({ compiler: node, python: "no-python" }, false)
    })
  )

  it.effect("where the compiler runs and fails, its own words are shown, not that there is none", () =>
    Effect.gen(function* () {
      const compiler = path.join(folder, "compiler")
      writeFileSync(compiler, "#!/bin/sh\necho 'no licence' >&2\nexit 4\n", { mode: 0o755 })
      const said = yield* message({ compiler, python: node })
      assert.include(said, "ended with code 4: no licence. Name another C++ compiler in CXX.")
    })
  )
})

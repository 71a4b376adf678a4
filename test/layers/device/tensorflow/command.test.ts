/** Running the machine's programs for an installation. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { TestClock } from "effect/testing"
import { once } from "node:events"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer, type Socket } from "node:net"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { afterEach, beforeEach } from "vitest"
import { run } from "../../../../src/layers/device/tensorflow/install/command.ts"
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

describe("running a program", () => {
  it.effect("gives its output, or its last words with the remedy", () =>
    Effect.gen(function* () {
      const remedy = "Cure it."
      assert.strictEqual(yield* run(process.execPath, ["-e", "process.stdout.write(process.env.GIVEN)"], { env: { GIVEN: "yes" }, remedy }), "yes")
      const failed = yield* Effect.flip(run(process.execPath, ["-e", "console.error('last words'); process.exit(3)"], { remedy }))
      assert.match(failed.message, /ended with code 3: last words\. Cure it\.$/)
      const absent = yield* Effect.flip(run("no-such-program-here", [], { remedy }))
      assert.include(absent.message, "no-such-program-here could not be started")
    })
  )

  it.effect("shows what a failed program said from its first error on", () =>
    Effect.gen(function* () {
      const lines = ["compiling", "x.cc:3:1: error: no such type", ...Array.from({ length: 20 }, (_, i) => `note ${i}`)]
      const failed = yield* Effect.flip(
        run(process.execPath, ["-e", `console.error(${JSON.stringify(lines.join("\n"))}); process.exit(1)`], { remedy: "" })
      )
      assert.include(failed.message, "code 1: x.cc:3:1: error: no such type\nnote 0\n")
      assert.notInclude(failed.message, "note 9")
    })
  )

  /** A program that starts another; both speak with the test through a socket, and stay until it answers. */
  const family = `
    const member = (name) => {
      const socket = require("node:net").connect(process.env.TALK, () => socket.write(name + " runs\\n"))
      process.on("SIGTERM", () => socket.write(name + " is asked\\n"))
      socket.on("data", () => process.exit())
    }
    require("node:child_process").spawn(process.execPath, ["-e", "(" + member + ')("child")'], { stdio: "inherit" })
    member("parent")
  `

  const listening = Effect.gen(function* () {
    const env = { TALK: path.join(folder, "talk") }
    let heard = ""
    let left = 0
    let changed = () => undefined as void
    const sockets: Array<Socket> = []
    const server = createServer((socket) => {
      sockets.push(socket)
      socket.on("data", (text) => {
        heard += text.toString()
        changed()
      })
      socket.on("error", () => undefined)
      socket.on("close", () => {
        left++
        changed()
      })
    })
    yield* Effect.acquireRelease(
      Effect.promise(async () => {
        server.listen(env.TALK)
        await once(server, "listening")
      }),
      () => Effect.sync(() => server.close())
    )
    const until = (isSo: () => boolean) =>
      Effect.callback<void>((resume) => {
        changed = () => {
          if (isSo()) resume(Effect.void)
        }
        changed()
      })
    const both = (what: string) => until(() => ["parent", "child"].every((name) => heard.includes(`${name} ${what}\n`)))
    const release = Effect.sync(() => sockets.forEach((socket) => socket.write("end")))
    return { env, both, release, bothLeft: until(() => left === 2), left: () => left }
  })

  it.effect("interrupted, it ends the program with what that has started, and waits until they are gone", () =>
    Effect.gen(function* () {
      const { both, bothLeft, env, release } = yield* listening
      const fiber = yield* Effect.forkChild(run(process.execPath, ["-e", family], { env, remedy: "" }))
      yield* both("runs")
      const interrupting = yield* Effect.forkChild(Fiber.interrupt(fiber))
      yield* both("is asked")
      assert.isUndefined(interrupting.pollUnsafe())
      yield* release
      yield* Fiber.join(interrupting)
      yield* bothLeft
    })
  )

  it.effect("kills what does not end when it is asked to", () =>
    Effect.gen(function* () {
      const { both, bothLeft, env, left } = yield* listening
      const fiber = yield* Effect.forkChild(run(process.execPath, ["-e", family], { env, remedy: "" }))
      yield* both("runs")
      const interrupting = yield* Effect.forkChild(Fiber.interrupt(fiber))
      yield* both("is asked")
      yield* TestClock.adjust("2 seconds")
      assert.strictEqual(left(), 0)
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(interrupting)
      yield* bothLeft
    })
  )
})

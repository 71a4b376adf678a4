/** What becomes of a program when its plugin refuses, fails or ends its process; and that nothing is left behind. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import type { Program } from "../../../../src/domain/Program.ts"
import { make } from "../../../../src/layers/device/pjrt/Engine.ts"
import { linearBatches } from "../../../conformance/deviceSteps.ts"
import { linear, lookup, shards } from "../../../conformance/programs.ts"
import { empty, heavy, shift } from "../onnx/programs.ts"
import { withXla } from "./available.ts"
import { held, refusalOf } from "./held.ts"
import { aborting, echo, echoNode, moduleOfBody, tooLarge } from "./texts.ts"

const started = Effect.fnUntraced(function* (device: ReturnType<typeof make>, program: Program = linear(1)) {
  const executable = yield* device.compile(program)
  yield* executable.initialise(1)
  return executable
})

const batch = [Float32Array.of(1, 2, 3, 4, 5, 6), Float32Array.of(1, 2)]

/** Whether a process has ended; one that nobody has asked about yet still has an entry. */
const isGone = (pid: number): boolean => {
  try {
    return /^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"))
  } catch {
    return true
  }
}

const gone = (pid: number) =>
  Effect.repeat(
    Effect.andThen(
      Effect.yieldNow,
      Effect.sync(() => isGone(pid))
    ),
    { until: (yes) => yes }
  )

withXla("failures of the PJRT engine, and its process", (file) => {
  describe("failures of the PJRT engine", () => {
    it.effect("fails all who wait when the process is killed, and all who come later; another program gets a new process", () =>
      Effect.gen(function* () {
        const { child, device } = held()
        const executable = yield* started(device)
        const first = child()
        const waiting = yield* Effect.forEach([Effect.asVoid(executable.run(1)), Effect.asVoid(executable.outfeed)], (use) =>
          Effect.forkChild(Effect.flip(use))
        )
        yield* Effect.yieldNow
        first.kill("SIGKILL")
        for (const fiber of waiting) {
          const error = yield* Fiber.join(fiber)
          assert.strictEqual(error.reason, "DeviceLost")
          assert.include(error.detail, "it ended with SIGKILL: somebody killed it, or the system, for want of memory. What was on the device is lost")
        }
        for (const use of [executable.feed(batch), executable.run(1), executable.readState])
          assert.strictEqual((yield* Effect.flip(use)).reason, "DeviceLost")
        yield* started(device)
        assert.notStrictEqual(child().pid, first.pid)
      })
    )

    it.effect("says that its process was killed while it compiled, and what may help", () =>
      Effect.gen(function* () {
        const { child, device, process: running, started: count } = held()
        const compiling = yield* Effect.forkChild(Effect.flip(Effect.scoped(device.compile(linear(1)))))
        yield* Effect.repeat(Effect.yieldNow, { until: () => count() > 0 })
        yield* Effect.callback<void>((resume) => running()!.ask((answer) => answer._tag === "Started" && resume(Effect.void)))
        child().kill("SIGKILL")
        const error = yield* Fiber.join(compiling)
        assert.strictEqual(
          `${error._tag}: ${error.message}`,
          "CompileError: pjrt cannot compile: the plugin ended its process while it compiled (SIGKILL: somebody killed it, or the system, for want of memory): " +
            "try again with more memory free, one program at a time, or a smaller step"
        )
      })
    )

    it.effect("survives what XLA aborts, and tells its last words", () =>
      Effect.gen(function* () {
        const { device } = held({ replicas: 2, stepsPerExecute: 1 }, { make: () => moduleOfBody(aborting, undefined, 2) })
        const executable = yield* started(device, echo())
        yield* executable.feed([new Float32Array(2)])
        const error = yield* Effect.flip(executable.run(1))
        assert.strictEqual(error.reason, "DeviceLost")
        // both replicas' threads throw: where they do so at once, the C++ library says that and nothing of the exceptions
        assert.match(error.detail, /SIGABRT: .*(Span::at failed bounds check|terminate called recursively)/)
      })
    )

    it.effect("names the op, and the line that made it, for a text that XLA refuses", () =>
      Effect.gen(function* () {
        const bad = moduleOfBody("  %r = stablehlo.foo %x : tensor<1xf32>\n  return %r : tensor<1xf32>", (line) =>
          line === 2 ? echoNode() : undefined
        )
        const refusal = yield* refusalOf({ make: () => bad })
        assert.match(refusal, /^CompileError: pjrt cannot compile Neg: .*custom op 'stablehlo\.foo' is unknown[^]*\(at model\.ts:4:2\)$/)
      })
    )

    it.effect("says that memory does not suffice, and what to do", () =>
      Effect.gen(function* () {
        const executable = yield* started(make({ cache: false, stepsPerExecute: 1 }, { make: () => moduleOfBody(tooLarge) }), echo())
        yield* executable.feed([Float32Array.of(1)])
        const error = yield* Effect.flip(executable.run(1))
        assert.strictEqual(error.reason, "OpFailed")
        assert.match(error.detail, /^a device's memory does not suffice .*use smaller batches.*4398046511104 bytes/)
      })
    )

    it.effect("refuses types that are not those of the text, which the plugin would read as other numbers", () =>
      Effect.gen(function* () {
        const good = moduleOfBody("  return %x : tensor<1xf32>")
        const wrong = { ...good, arguments: [{ ...good.arguments[0]!, type: { dtype: "int32", shape: [1] } as const }] }
        const refusal = yield* refusalOf({ make: () => ({ ...wrong, results: [] }) })
        assert.include(refusal, "CompileError: pjrt cannot compile: the program gives 1 results, and 0 were expected")
        const results = [{ ...good.results[0]!, type: { dtype: "int32", shape: [1] } as const }]
        assert.include(yield* refusalOf({ make: () => ({ ...good, results }) }), "result 0 of the program is not int32")
      })
    )

    it.effect("has as many devices as replicas on a CPU, and says so where a plugin has fewer", () =>
      Effect.gen(function* () {
        const refusal = yield* refusalOf({}, { replicas: 3, client: { cpu_device_count: 2 } })
        assert.include(refusal, "EngineUnavailable: engine pjrt is not available: 3 replicas take as many devices, and cpu has 2")
      })
    )

    it.effect("gives the line of an index out of range", () =>
      Effect.gen(function* () {
        const executable = yield* started(make({ cache: false }), lookup())
        yield* executable.feed([Int32Array.of(0, 1)])
        yield* executable.feed([Int32Array.of(0, 7)])
        const error = yield* Effect.flip(executable.run(2))
        assert.strictEqual(error.detail, "Gather: an index is out of range (at model.ts:7:9)")
      })
    )

    it.effect("ends a compile that is interrupted", () =>
      Effect.gen(function* () {
        const { child, device, started: count } = held()
        const compiling = yield* Effect.forkChild(Effect.scoped(started(device)))
        yield* Effect.repeat(Effect.yieldNow, { until: () => count() > 0 })
        yield* Fiber.interrupt(compiling)
        yield* gone(child().pid!)
      })
    )

    it.effect("ends the run under way with the scope, and keeps its process for the next program", () =>
      Effect.gen(function* () {
        const { child, device } = held()
        const scope = yield* Scope.make()
        const executable = yield* Scope.provide(started(device, heavy(1_000)), scope)
        const first = child().pid!
        yield* executable.feed([Float32Array.of(1)])
        const run = yield* Effect.forkChild(Effect.flip(executable.run(2)))
        yield* Effect.yieldNow
        yield* Scope.close(scope, Exit.void)
        assert.strictEqual((yield* Fiber.join(run)).reason, "Closed")
        yield* started(device)
        assert.strictEqual(child().pid, first)
      })
    )

    it.effect("leaves no process behind when its own is killed", () =>
      Effect.gen(function* () {
        const engine = new URL("../../../../src/layers/device/pjrt/Engine.ts", import.meta.url).href
        const programs = new URL("../../../conformance/programs.ts", import.meta.url).href
        const script = `const Effect = await import("effect/Effect"); const { make } = await import("${engine}"); const { linear } = await import("${programs}")
          let device; const spawn = (plan, d) => (device = d, d.serve(plan))
          await Effect.runPromise(Effect.scoped(Effect.andThen(make({ cache: false, plugin: ${JSON.stringify(file)} }, { spawn }).compile(linear(1)), () => { console.log(device.process().child.pid); return Effect.never })))`
        const host = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "inherit"] })
        const [line] = yield* Effect.promise(() => once(host.stdout, "data"))
        const pid = Number(String(line))
        assert.isFalse(isGone(pid))
        host.kill("SIGKILL")
        yield* gone(pid)
      })
    )
  })

  describe("the process of the PJRT engine", () => {
    it.effect("runs several steps in one execution with the bits of single ones", () =>
      Effect.gen(function* () {
        for (const replicas of [1, 2]) {
          const batches = linearBatches(replicas, 0, 23)
          const runs: Array<unknown> = []
          for (const stepsPerExecute of [1, 4]) {
            const executable = yield* started(make({ cache: false, prefetch: 32, replicas, stepsPerExecute }), linear(replicas))
            for (const x of batches) yield* executable.feed(x)
            const { losses } = yield* executable.run(23)
            runs.push([[...losses], yield* executable.outfeed, yield* executable.readState])
          }
          assert.deepStrictEqual(runs[1], runs[0])
        }
      })
    )

    it.effect("keeps no memory that the host may write again: state that is the batch", () =>
      Effect.gen(function* () {
        const executable = yield* started(make({ cache: false, prefetch: 2 }), shards())
        const write = (...data: ReadonlyArray<number>) =>
          executable.writeState(new Map([["memory", { dtype: "float32" as const, shape: [1, 2], data: Float32Array.from(data) }]]))
        yield* write(5, 6)
        const before = yield* executable.readState
        yield* write(7, 8)
        assert.deepStrictEqual([...before.get("memory")!.data], [5, 6])
        yield* executable.feed([Float32Array.of(1, 2), Int32Array.of(1), Uint8Array.of(1)])
        yield* executable.run(1)
        assert.deepStrictEqual([...(yield* executable.readState).get("memory")!.data], [8, 10])
      })
    )

    it.effect("takes leaves without elements, and moves state that changes places", () =>
      Effect.gen(function* () {
        const device = make({ cache: false })
        const none = yield* started(device, empty())
        yield* none.feed([new Float32Array(0), Float32Array.of(1, 2)])
        yield* none.run(1)
        assert.deepStrictEqual((yield* none.outfeed)[0]!.outfeed, [new Float32Array(0), Float32Array.of(1, 2)])
        const moving = yield* started(device, shift())
        for (let i = 1; i <= 3; i++) {
          yield* moving.feed([Float32Array.of(i)])
          yield* moving.run(1)
          const state = yield* moving.readState
          assert.deepStrictEqual([...state.get("a")!.data, ...state.get("b")!.data], i % 2 === 0 ? [1, 2] : [2, 1])
        }
      })
    )
  })
})

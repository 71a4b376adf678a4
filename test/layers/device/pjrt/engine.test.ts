/** What the engine does around its programs: its process's life, options, loops that do not compile, steps before one that fails. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { readFileSync, readdirSync } from "node:fs"
import { make, makeAhead } from "../../../../src/layers/device/pjrt/Engine.ts"
import * as StepModule from "../../../../src/layers/device/pjrt/stepModule.ts"
import { linearBatch } from "../../../conformance/expected.ts"
import { linear, lookup } from "../../../conformance/programs.ts"
import { withXla } from "./available.ts"
import { refusalOf } from "./held.ts"

/** Processes that this one has started for plugins. */
const children = (): ReadonlyArray<string> =>
  readdirSync("/proc").filter((pid) => {
    try {
      const parent = /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]
      return Number(parent) === process.pid && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("pjrt/process/main")
    } catch {
      return false // it has ended meanwhile
    }
  })

const until = (holds: () => boolean) => Effect.repeat(Effect.andThen(Effect.yieldNow, Effect.sync(holds)), { until: (yes) => yes })

withXla("the PJRT engine", () => {
  describe("the PJRT engine", () => {
    it.effect("ends a process that it has started ahead, and that serves no program, with its scope", () =>
      Effect.gen(function* () {
        const before = children()
        const scope = yield* Scope.make()
        yield* Scope.provide(makeAhead({ cache: false }).ahead, scope)
        const ours = children().filter((pid) => !before.includes(pid))
        assert.strictEqual(ours.length, 1)
        yield* Scope.close(scope, Exit.void)
        yield* until(() => !children().includes(ours[0]!))
      })
    )

    it.effect("takes lists among the client's options, and names those that a plugin refuses", () =>
      Effect.gen(function* () {
        const message = yield* refusalOf({}, { client: { no_such_option: [0, 1] } })
        assert.match(message, /^EngineUnavailable: .*no client with the options cpu_device_count, no_such_option: .*no_such_option/s)
      })
    )

    it("refuses a loop of more steps than are buffered", () => {
      assert.throws(() => make({ prefetch: 4, stepsPerExecute: 8 }), /expected a prefetch of at least the 8 stepsPerExecute, got 4/)
    })

    it.effect("goes on step by step where a loop that nobody has asked for does not compile", () =>
      Effect.gen(function* () {
        const lower: typeof StepModule.make = (program, options) => {
          const module = StepModule.make(program, options)
          return options.iterations === 1 ? module : { ...module, text: "no module" }
        }
        const steps = 32
        const run = Effect.fnUntraced(function* (stepsPerExecute: number | undefined) {
          const executable = yield* make({ cache: false, prefetch: steps, stepsPerExecute }, { make: lower }).compile(linear(1))
          yield* executable.initialise(1)
          // the second run knows how long a step takes
          for (let k = 0; k < 2; k++) {
            for (let i = 0; i < steps; i++) yield* executable.feed(linearBatch(i, 2))
            assert.strictEqual((yield* executable.run(steps)).completed, steps)
            let taken = 0
            while (taken < steps) taken += (yield* executable.outfeed).length
          }
        })
        yield* run(undefined)
        const asked = yield* Effect.flip(run(8))
        assert.match(asked.message, /OpFailed: -:1:1: error: custom/)
      })
    )

    it.effect("hands out the outputs of steps before one that fails in the same call", () =>
      Effect.gen(function* () {
        const executable = yield* make({ cache: false, prefetch: 64 }).compile(lookup())
        yield* executable.initialise(1)
        for (let i = 0; i < 20; i++) yield* executable.feed([Int32Array.of(0, i === 14 ? 9 : 1)])
        assert.strictEqual((yield* Effect.flip(executable.run(20))).reason, "OpFailed")
        let taken = 0
        for (;;) {
          const outputs = yield* Effect.exit(executable.outfeed)
          if (Exit.isFailure(outputs)) break
          taken += outputs.value.length
        }
        assert.strictEqual(taken, 14)
      })
    )
  })
})

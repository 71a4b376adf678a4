import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Result from "effect/Result"
import * as Scope from "effect/Scope"
import { EngineUnavailable } from "../../../../src/domain/Errors.ts"
import { globalStepName } from "../../../../src/domain/Program.ts"
import * as Builder from "../../../../src/domain/graph/Builder.ts"
import { make } from "../../../../src/layers/device/tensorflow/Engine.ts"
import { rules } from "../../../../src/layers/device/tensorflow/lower.ts"
import { linear, lookup, shards } from "../../../conformance/programs.ts"
import { empty, heavy, shift } from "../onnx/programs.ts"
import { withTensorflow } from "./available.ts"
import { held } from "./held.ts"
import { started } from "../workers.ts"

const batch = [Float32Array.of(1, 2, 3, 4, 5, 6), Float32Array.of(1, 2)]

describe("the TensorFlow engine without TensorFlow", () => {
  it.effect("says what is missing and how to get it, before it starts a worker", () =>
    Effect.gen(function* () {
      const locate = () => Result.fail(new EngineUnavailable({ engine: "tensorflow", detail: "nothing is there", remedy: "Get it." }))
      const { device, workers } = held({ locate })
      const error = yield* Effect.flip(device.compile(linear(1)))
      assert.strictEqual(error.message, "engine tensorflow is not available: nothing is there. Get it.")
      assert.strictEqual(workers.length, 0)
    })
  )

  it.effect("says so when the addon cannot be loaded", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(make({}, { locate: () => Result.succeed({ addon: "/nowhere/x.node", origin: "" }) }).compile(linear(1)))
      assert.strictEqual(error._tag, "EngineUnavailable")
      assert.include(error.message, "/nowhere/x.node could not be loaded")
      assert.include(error.message, "devices install tensorflow")
    })
  )

  it.effect("names an op without a lowering, with the line that made it", () =>
    Effect.gen(function* () {
      const b = Builder.make()
      const x = b.parameter("x", { _tag: "Batch" }, { dtype: "float32", shape: [2] })
      b.output("y", { _tag: "Outfeed" }, b.add("Erf", [x], {}, "model.ts:3:7"))
      const table = rules as { Erf?: unknown }
      const kept = table.Erf
      delete table.Erf
      const error = yield* Effect.flip(make().compile({ mode: "predict", step: b.build(), init: Builder.make().build() })).pipe(
        Effect.ensuring(Effect.sync(() => (table.Erf = kept)))
      )
      assert.strictEqual(error.message, "tensorflow cannot compile Erf: the engine has no lowering for this op (at model.ts:3:7)")
    })
  )
})

withTensorflow("failures of the TensorFlow engine, and its worker", () => {
  describe("failures of the TensorFlow engine", () => {
    it.effect("fails all who wait when the worker dies, and all who come later", () =>
      Effect.gen(function* () {
        const { workers, device } = held()
        const executable = yield* started(device)
        const waiting = yield* Effect.forEach([Effect.asVoid(executable.run(1)), Effect.asVoid(executable.outfeed)], (use) =>
          Effect.forkChild(Effect.flip(use))
        )
        yield* Effect.yieldNow
        yield* Effect.promise(() => workers[0]!.terminate())
        for (const fiber of waiting) assert.strictEqual((yield* Fiber.join(fiber)).reason, "DeviceLost")
        for (const use of [executable.feed(batch), executable.run(1), executable.readState])
          assert.strictEqual((yield* Effect.flip(use)).reason, "DeviceLost")
      })
    )

    it.effect("gives TensorFlow's words for a failed step, and refuses all else", () =>
      Effect.gen(function* () {
        const executable = yield* started(make(), lookup())
        yield* executable.feed([Int32Array.of(0, 1)])
        yield* executable.run(1)
        yield* executable.feed([Int32Array.of(0, 7)])
        const error = yield* Effect.flip(executable.run(1))
        assert.strictEqual(error.reason, "OpFailed")
        assert.match(error.detail, /= 7 is not in \[0, 3\)$/)
        assert.strictEqual((yield* executable.outfeed).length, 1, "what was done before is handed out")
        for (const use of [Effect.asVoid(executable.run(1)), Effect.asVoid(executable.outfeed), Effect.asVoid(executable.readState)])
          assert.strictEqual((yield* Effect.flip(use)).reason, "OpFailed")
      })
    )

    it.effect("gives the line of an index out of range where XLA would clamp it", () =>
      Effect.gen(function* () {
        const executable = yield* started(make({ jitCompile: true }), lookup())
        yield* executable.feed([Int32Array.of(0, 1)])
        yield* executable.feed([Int32Array.of(0, 7)])
        const error = yield* Effect.flip(executable.run(2))
        assert.strictEqual(error.detail, "Gather: an index is out of range (at model.ts:7:9)")
      })
    )

    it.effect("gives TensorFlow's words for a graph that it refuses", () =>
      Effect.gen(function* () {
        const { device } = held({}, (plan) => ({ ...plan, step: { ...plan.step, savedModel: Uint8Array.of(1, 2, 3) } }))
        const error = yield* Effect.flip(device.compile(linear(1)))
        assert.strictEqual(error._tag, "CompileError")
        assert.match(error.message, /tensorflow cannot compile: Failed to load SavedModel/)
      })
    )

    it.effect("ends its worker with the scope", () =>
      Effect.gen(function* () {
        const { workers, device } = held()
        const scope = yield* Scope.make()
        const executable = yield* Scope.provide(started(device, heavy(1_000)), scope)
        yield* executable.feed([Float32Array.of(1)])
        const run = yield* Effect.forkChild(Effect.flip(executable.run(2)))
        yield* Effect.yieldNow
        yield* Scope.close(scope, Exit.void)
        assert.strictEqual((yield* Fiber.join(run)).reason, "Closed")
        assert.strictEqual(workers[0]!.threadId, -1)
        assert.strictEqual(workers[0]!.listenerCount("message") + workers[0]!.listenerCount("exit"), 0)
      })
    )
  })

  describe("the worker of the TensorFlow engine", () => {
    it.effect("keeps no memory that the host may write again: state that is the batch", () =>
      Effect.gen(function* () {
        const executable = yield* started(make({ prefetch: 2 }), shards())
        const x = Float32Array.of(1, 2)
        yield* executable.writeState(new Map([["memory", { dtype: "float32" as const, shape: [1, 2], data: Float32Array.of(5, 6) }]]))
        const before = yield* executable.readState
        // the next write of the same leaf goes through the same shared memory
        yield* executable.writeState(new Map([["memory", { dtype: "float32" as const, shape: [1, 2], data: Float32Array.of(7, 8) }]]))
        assert.deepStrictEqual([...before.get("memory")!.data], [5, 6])
        yield* executable.feed([x, Int32Array.of(1), Uint8Array.of(1)])
        yield* executable.run(1)
        assert.deepStrictEqual([...(yield* executable.readState).get("memory")!.data], [8, 10])
      })
    )

    it.effect("takes leaves without elements", () =>
      Effect.gen(function* () {
        for (const jitCompile of [false, true]) {
          const executable = yield* started(make({ jitCompile }), empty())
          yield* executable.feed([new Float32Array(0), Float32Array.of(1, 2)])
          yield* executable.run(1)
          assert.deepStrictEqual((yield* executable.outfeed)[0]!.outfeed, [new Float32Array(0), Float32Array.of(1, 2)])
          assert.deepStrictEqual((yield* executable.readState).get("none")!.data, new Float32Array(0))
        }
      })
    )

    it.effect("moves state that changes places", () =>
      Effect.gen(function* () {
        const executable = yield* started(make(), shift())
        for (let i = 1; i <= 3; i++) {
          yield* executable.feed([Float32Array.of(i)])
          yield* executable.run(1)
          const state = yield* executable.readState
          assert.deepStrictEqual(
            [...state.get("memory")!.data],
            [i - 3, i - 2, i - 1, i].map((x) => Math.max(x, 0))
          )
          assert.deepStrictEqual([...state.get("total")!.data, ...state.get("kept")!.data], [(i * (i + 1)) / 2, 5])
          assert.deepStrictEqual([...state.get("a")!.data, ...state.get("b")!.data], i % 2 === 0 ? [1, 2] : [2, 1])
        }
      })
    )

    it.effect("keeps memory flat over 10,000 steps", () =>
      Effect.gen(function* () {
        const counts: Array<number> = []
        const executable = yield* started(make())
        const drain = Effect.fnUntraced(function* (n: number) {
          for (let taken = 0; taken < n;) taken += (yield* executable.outfeed).length
        })
        for (let i = 0; i < 5; i++) {
          const feeding = Effect.forEach(Array.from({ length: 2_000 }), () => executable.feed(batch), { discard: true })
          yield* Effect.all([feeding, executable.run(2_000), drain(2_000)], { concurrency: 3 })
          counts.push(process.memoryUsage().rss)
        }
        assert.strictEqual((yield* executable.readState).get(globalStepName)!.data[0], 10_000)
        // garbage not yet collected comes and goes; a leak of one buffer a step would show as tens of megabytes
        assert.isBelow(Math.min(...counts.slice(1)) - counts[0]!, 24 * 2 ** 20)
      })
    )
  })
})

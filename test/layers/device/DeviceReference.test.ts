import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Builder from "../../../src/domain/graph/Builder.ts"
import * as DeviceReference from "../../../src/layers/device/DeviceReference.ts"
import { deviceSuite } from "../../conformance/deviceSuite.ts"
import { linear, lookup } from "../../conformance/programs.ts"

deviceSuite("reference", (replicas) => DeviceReference.layer({ replicas }))

it.effect("has no state before it is given one", () =>
  Effect.gen(function* () {
    const executable = yield* DeviceReference.make().compile(linear(1))
    for (const use of [Effect.asVoid(executable.readState), Effect.asVoid(executable.run(1))]) {
      const error = yield* Effect.flip(use)
      assert.strictEqual(error.reason, "BadState")
      assert.include(error.detail, `"w"`)
    }
  })
)

it.effect("names op and source of what failed", () =>
  Effect.gen(function* () {
    const executable = yield* DeviceReference.make().compile(lookup())
    yield* executable.initialise(0)
    yield* executable.feed([Int32Array.of(0, 5)])
    const error = yield* Effect.flip(executable.run(1))
    assert.strictEqual(error.detail, "Gather: expected indices in 0 … 2 (axis 0 of [3,2]), got 5 (at model.ts:7:9)")
  })
)

it.effect("compiles no program whose graphs do not fit", () =>
  Effect.gen(function* () {
    const device = DeviceReference.make()
    const program = linear(1)
    const init = Builder.make()
    init.output("w", { _tag: "State" }, Builder.fill(init, { dtype: "float32", shape: [2] }, 0))
    const error = yield* Effect.flip(device.compile({ ...program, init: init.build() }))
    assert.strictEqual(error.message, `reference cannot compile: the first value of "w" is f32[2], expected f32[3]`)
    const empty = yield* Effect.flip(device.compile({ ...program, init: Builder.make().build() }))
    assert.include(empty.message, `no first value for "w"`)
  })
)

it("refuses a number of replicas that is none", () => {
  assert.throws(() => DeviceReference.make({ replicas: 0 }), /whole replicas of at least 1, got 0/)
})

/** Mixed precision through the programs: the same numbers on every engine, near those of float32. */
import { assert, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import type { RunEvent } from "../../src/domain/Events.ts"
import type { Precision } from "../../src/domain/passes/mixedPrecision.ts"
import { CompileError } from "../../src/domain/Errors.ts"
import { DeviceOnnx, DeviceReference, Estimator, EstimatorTest } from "../../src/index.ts"
import { Device } from "../../src/services/Device.ts"
import { batches, makeRecurrent, recordEvents, recordLosses, seekable } from "./models.ts"

const lossesIn = (precision: Precision, log: Array<RunEvent> = []) =>
  Effect.gen(function* () {
    const losses: Array<number> = []
    const estimator = makeRecurrent({ precision })
    yield* Estimator.train(estimator, { input: seekable(batches(8, 4)), hooks: [recordLosses(losses)] })
    return losses
  }).pipe(Effect.provide(recordEvents(log)))

const onnx = Layer.provideMerge(DeviceOnnx.layer(), EstimatorTest.layer())

for (const precision of ["mixed_bfloat16", "mixed_float16"] as const) {
  it.live(`${precision}: both engines compute the same, near float32`, () =>
    Effect.gen(function* () {
      const log: Array<RunEvent> = []
      const reference = yield* Effect.provide(lossesIn(precision, log), EstimatorTest.layer())
      const exact = yield* Effect.provide(lossesIn("float32"), EstimatorTest.layer())
      const native = yield* Effect.provide(lossesIn(precision), onnx)
      for (const [i, loss] of reference.entries()) {
        assert.closeTo(native[i]!, loss, 1e-4, `step ${i}`)
        assert.closeTo(exact[i]!, loss, 0.02, `step ${i}`)
      }
      assert.notDeepEqual(reference, exact)
      const compiled = log.find((event) => event.event === "compile")
      assert.include(compiled, { precision, emulated: true })
    })
  )
}

it.effect("an engine that is fast in a precision is not said to emulate it; one that cannot have it refuses", () =>
  Effect.gen(function* () {
    const log: Array<RunEvent> = []
    const inner = DeviceReference.make()
    yield* lossesIn("mixed_bfloat16", log).pipe(
      Effect.provideService(Device, { ...inner, fastPrecisions: ["mixed_bfloat16"] }),
      Effect.provide(EstimatorTest.layer())
    )
    assert.include(
      log.find((event) => event.event === "compile"),
      { precision: "mixed_bfloat16", emulated: false }
    )
    const without = Device.of({
      ...inner,
      compile: (program) =>
        program.step.nodes.some(({ op }) => op === "ReducePrecision")
          ? Effect.fail(new CompileError({ engine: "plain", op: "ReducePrecision", detail: "the engine has no lowering for this op" }))
          : inner.compile(program)
    })
    const error = yield* Effect.flip(lossesIn("mixed_float16").pipe(Effect.provideService(Device, without), Effect.provide(EstimatorTest.layer())))
    assert.include(error.message, "plain cannot compile ReducePrecision")
  })
)

it.effect("a precision that is none names those that are", () =>
  Effect.gen(function* () {
    // callers without types
    const estimator = makeRecurrent({ precision: "bf16" as "float32" })
    const error = yield* Effect.flip(Estimator.train(estimator, { input: seekable(batches(1, 4)) }))
    assert.include(error.message, "precision")
    for (const name of ["float32", "mixed_bfloat16", "mixed_float16", '"bf16"']) assert.include(error.message, name)
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

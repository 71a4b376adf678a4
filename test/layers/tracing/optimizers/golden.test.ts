/** PyTorch and optax, from the same start over 100 steps; replicas, eager runs and ONNX Runtime agree with the reference engine. */
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { DeviceOnnx, EstimatorTest } from "../../../../src/index.ts"
import { close } from "../requests.ts"
import { closeTo, golden, modelOf, train, trainEagerly, turns } from "./problem.ts"
import { settings } from "./settings.ts"

const onnx = Layer.mergeAll(Layer.provideMerge(DeviceOnnx.layer(), EstimatorTest.layer()), NodeServices.layer)

describe("as PyTorch or optax over 100 steps", () => {
  it("every case of the fixture is looked at", () => assert.sameMembers(Object.keys(settings), Object.keys(golden.cases)))

  for (const [name, setting] of Object.entries(settings)) {
    it.effect(name, () =>
      Effect.gen(function* () {
        const one = yield* train(modelOf(setting), turns()).pipe(Effect.provide(EstimatorTest.layer()))
        closeTo(one, golden.cases[name]!)
        assert.sameMembers([...one.state.keys()], ["random_key", "w", "b", ...setting.slots])
        closeTo(yield* train(modelOf(setting), turns()).pipe(Effect.provide(EstimatorTest.layer({ replicas: 2 }))), golden.cases[name]!)
        const eager = yield* Effect.promise(() => trainEagerly(setting, turns()))
        close(eager.get("w")!, golden.cases[name]!.w, "eager w")
        close(eager.get("b")!, golden.cases[name]!.b, "eager b")
      })
    )
  }

  it.live(
    "on ONNX Runtime",
    () =>
      Effect.gen(function* () {
        for (const [name, setting] of Object.entries(settings)) closeTo(yield* train(modelOf(setting), turns(), name), golden.cases[name]!)
      }).pipe(Effect.provide(onnx)),
    120_000
  )
})

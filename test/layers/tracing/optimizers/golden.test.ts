/** PyTorch and optax, from the same start over 100 steps; replicas, eager runs and ONNX Runtime agree with the reference engine. */
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import * as Optimizers from "../../../../src/layers/tracing/optimizers/Optimizers.ts"
import { DeviceOnnx, EstimatorTest } from "../../../../src/index.ts"
import { close } from "../requests.ts"
import { closeTo, golden, modelOf, type Setting, train, trainEagerly, turns, variablesOf } from "./problem.ts"
import { settings } from "./settings.ts"

const onnx = Layer.mergeAll(Layer.provideMerge(DeviceOnnx.layer(), EstimatorTest.layer()), NodeServices.layer)

const average = "ExponentialMovingAverage"

/** Averages with the decay of the fixture; `ramped`: smaller at first. */
const averaging = (ramped: boolean): Setting => ({
  make: ({ mode, variables }) => {
    const averages = new Optimizers.MovingAverages({ variables, mode, decay: 0.9, ...(ramped ? { numUpdates: "own" as const } : {}) })
    variablesOf(averages.variables)
    return Optimizers.withAverages(new Optimizers.AdamW({ learningRate: 0.02, weightDecay: 0 }), averages)
  }
})

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

  for (const [name, { averages, ...wanted }] of Object.entries(golden.averages)) {
    it.effect(`moving averages, ${name}`, () =>
      Effect.gen(function* () {
        const setting = averaging(name === "ramped")
        for (const replicas of [1, 2]) {
          const trained = yield* train(modelOf(setting), turns()).pipe(Effect.provide(EstimatorTest.layer({ replicas })))
          closeTo(trained, wanted)
          for (const v of ["w", "b"] as const) close(trained.state.get(`${v}/${average}`)!.data, averages[v], `average of ${v}`)
        }
        const eager = yield* Effect.promise(() => trainEagerly(setting, turns()))
        for (const v of ["w", "b"] as const) close(eager.get(`${v}/${average}`)!, averages[v], `eager average of ${v}`)
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

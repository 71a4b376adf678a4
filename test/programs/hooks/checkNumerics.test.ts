import * as tf from "@tensorflow/tfjs-core"
import { assert, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { CrossReplicaOptimizer, Estimator, EstimatorTest, type Model } from "../../../src/index.ts"
import { checkNumerics } from "../../../src/programs/hooks/checkNumerics.ts"
import { CheckpointStore } from "../../../src/services/CheckpointStore.ts"
import { labels } from "./harness.ts"

/** The loss is finite; its gradient, and so `w` after the step, is as large as the label. */
const steep: Model.ModelFn<undefined> = ({ labels: y, variables }) => {
  const w = variables.get("w", [1], { initializer: () => tf.zeros([1]) })
  return { loss: new CrossReplicaOptimizer(tf.train.sgd(1)).minimize(() => tf.mean(tf.mul(w, y)) as tf.Scalar), cache: [tf.div(1, tf.zeros([1]))] }
}
const input = Stream.make(labels([1]), labels([2]), labels([Infinity]), labels([1]))

it.effect("[row 109] a variable that is no longer finite ends the run with its name, and is not saved", () =>
  Effect.gen(function* () {
    const config = { modelDir: "steep", iterationsPerLoop: 1, saveCheckpointsSteps: 1 }
    const estimator = Estimator.make({ modelFn: steep, cacheFn: () => [tf.zeros([1])], config })
    const error = yield* Effect.flip(Estimator.train(estimator, { input, hooks: [checkNumerics()] }))
    assert.deepInclude(error, { _tag: "NumericsError", variable: "w", index: 0, value: "-Infinity", step: 3 })
    assert.strictEqual((yield* (yield* CheckpointStore).latest("steep"))?.step, 2)
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("looks at the names it is given, as often as it is told", () =>
  Effect.gen(function* () {
    const estimator = Estimator.make({ modelFn: steep, cacheFn: () => [tf.zeros([1])], config: { iterationsPerLoop: 1 } })
    const train = (options: Parameters<typeof checkNumerics>[0]) =>
      Effect.flip(Estimator.train(estimator, { input: Stream.take(input, 3), hooks: [checkNumerics(options)] }))
    assert.deepInclude(yield* train({ names: /./ }), { variable: "cache/0", step: 1 })
    assert.strictEqual((yield* Estimator.train(estimator, { input, maxSteps: 3, hooks: [checkNumerics({ names: /^v/ })] })).globalStep, 3)
    // steps 1 and 3
    assert.deepInclude(yield* train({ cadence: { everySteps: 2 } }), { variable: "w", step: 3 })
    assert.deepInclude(yield* train({ cadence: { everySteps: 0 } }), { _tag: "ConfigError" })
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

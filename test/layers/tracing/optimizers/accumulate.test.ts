import { assert, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import { Effect } from "effect"
import type { Example } from "../../../../src/domain/Input.ts"
import type { ModelInput } from "../../../../src/domain/Model.ts"
import { make as tensor } from "../../../../src/domain/Tensor.ts"
import { EstimatorTest } from "../../../../src/index.ts"
import { CrossReplicaOptimizer } from "../../../../src/layers/tracing/CrossReplicaOptimizer.ts"
import * as Clip from "../../../../src/layers/tracing/optimizers/Clip.ts"
import * as Optimizers from "../../../../src/layers/tracing/optimizers/Optimizers.ts"
import * as Schedules from "../../../../src/layers/tracing/schedules/Schedules.ts"
import { close } from "../requests.ts"
import { golden, meanLoss, modelOf, rowsOf, type Setting, train, trainEagerly, type Trained, turns, weightedLoss } from "./problem.ts"

const learningRate = Schedules.warmup(3, Schedules.cosine({ initial: 0.1, steps: 10 }))
const clipped = () => Optimizers.withTransform(new Optimizers.AdamW({ learningRate }), Clip.byGlobalNorm(0.2))

/** From 1 to 4 by row, so that neither halves nor replicas weigh the same. */
const tokensOf = ({ features }: ModelInput<unknown>) =>
  tf.add(1, tf.mul(3, tf.cast(tf.greater(tf.squeeze(tf.slice(features, [0, 0], [-1, 1]), [1]), 0.2), "float32")))
const lossByTokens = (input: ModelInput<unknown>) => weightedLoss(tokensOf(input))(input)
const weight = (input: ModelInput<unknown>) => ({ weight: tf.sum(tokensOf(input)) })

/** Rows of padding have 1000 as their first feature. */
const realOf = ({ features }: ModelInput<unknown>) => tf.cast(tf.less(tf.squeeze(tf.slice(features, [0, 0], [-1, 1]), [1]), 1000), "float32")
const eight = Array.from({ length: 8 }, (_, i) => ({ x: golden.problem.x.slice(6 * i, 6 * i + 6), y: golden.problem.y.slice(4 * i, 4 * i + 4) }))
const padding: typeof eight = Array.from({ length: 8 }, () => ({ x: [1000, 0, 0, 0, 0, 0], y: [0, 0, 0, 0] }))
const concat = (rows: typeof eight): Example => ({
  features: tensor(Float32Array.from(rows.flatMap(({ x }) => x)), [rows.length, 6]),
  labels: tensor(Float32Array.from(rows.flatMap(({ y }) => y)), [rows.length, 4])
})

const whole = Array.from({ length: 10 }, () => rowsOf(0, 16))
const quarters = whole.flatMap(() => [0, 4, 8, 12].map((at) => rowsOf(at, at + 4)))
const on = (replicas: number) => Effect.provide(EstimatorTest.layer({ replicas }))

const sameWeights = (a: Trained, b: Trained) => {
  for (const name of ["w", "b", "AdamW/iteration", "w/AdamW/m", "w/AdamW/v"]) close(a.state.get(name)!.data, b.state.get(name)!.data, name, 2e-6)
}

describe("accumulate", () => {
  const cases: ReadonlyArray<readonly [string, typeof meanLoss, Setting["options"]]> = [
    ["rows", meanLoss, undefined],
    ["tokens", lossByTokens, weight]
  ]
  for (const [name, loss, options] of cases) {
    const setting = (make: Setting["make"]): Setting => ({ make, ...(options === undefined ? {} : { options }) })
    it.effect(`four batches are one of four times the rows: mean over ${name}`, () =>
      Effect.gen(function* () {
        const wanted = yield* train(modelOf(setting(clipped), loss), whole).pipe(on(1))
        const accumulating = setting(() => Optimizers.accumulate(clipped(), 4))
        for (const replicas of [1, 2, 4]) {
          sameWeights(yield* train(modelOf(accumulating, loss), quarters).pipe(on(replicas)), wanted)
          sameWeights(yield* train(modelOf(setting(clipped), loss), whole).pipe(on(replicas)), wanted)
        }
        const eager = yield* Effect.promise(() => trainEagerly(accumulating, quarters, loss))
        close(eager.get("w")!, wanted.state.get("w")!.data, "eager w", 2e-6)
      })
    )
  }

  it.effect("without the weight, tokens of the replicas would not count the same", () =>
    Effect.gen(function* () {
      const one = yield* train(modelOf({ make: clipped }, lossByTokens), whole).pipe(on(1))
      const two = yield* train(modelOf({ make: clipped }, lossByTokens), whole).pipe(on(2))
      assert.isAbove(Math.abs(one.state.get("w")!.data[0]! - two.state.get("w")!.data[0]!), 1e-4)
    })
  )

  it.effect("in between nothing moves but what it adds up, and a run goes on in the middle", () =>
    Effect.gen(function* () {
      const model = modelOf({ make: () => Optimizers.accumulate(Optimizers.withSchedule(tf.train.adam(1), learningRate), 4) })
      const { state } = yield* train(model, turns(3), "parts")
      assert.deepStrictEqual([...state.get("w")!.data], [...Float32Array.from(golden.problem.w)])
      assert.deepStrictEqual([...state.get("Schedule/iteration")!.data], [0])
      assert.deepStrictEqual([...state.get("Adam/accBeta1")!.data], [...Float32Array.of(0.9)])
      assert.isTrue(state.get("w/Adam/m")!.data.every((x) => x === 0))
      assert.deepStrictEqual([...state.get("Accumulate/count")!.data], [3])
      assert.isTrue(state.get("w/Accumulate/gradient")!.data.every((x) => x !== 0))
      // steps 4 to 9: the first step of the second input continues the turns
      const parts = yield* train(model, turns(9), "parts")
      const straight = yield* train(model, turns(9), "straight")
      assert.deepStrictEqual(parts.state.get("w"), straight.state.get("w"))
      assert.deepStrictEqual([...straight.state.get("Schedule/iteration")!.data], [2])
      assert.deepStrictEqual([...straight.state.get("Accumulate/count")!.data], [1])
    }).pipe(on(1))
  )

  it.effect("a batch or a replica without any tokens adds nothing, though its mean has no gradient", () =>
    Effect.gen(function* () {
      const setting = (make: Setting["make"]): Setting => ({ make, options: (input) => ({ weight: tf.sum(realOf(input)) }) })
      const model = (make: Setting["make"]) => modelOf(setting(make), (input) => weightedLoss(realOf(input))(input))
      const wanted = yield* train(
        modelOf({ make: clipped }),
        Array.from({ length: 6 }, () => rowsOf(0, 8))
      ).pipe(on(1))
      const halfEmpty = concat([...eight, ...padding])
      sameWeights(
        yield* train(
          model(clipped),
          Array.from({ length: 6 }, () => halfEmpty)
        ).pipe(on(2)),
        wanted
      )
      const inTurns = Array.from({ length: 6 }, () => [concat(eight), concat(padding)]).flat()
      sameWeights(
        yield* train(
          model(() => Optimizers.accumulate(clipped(), 2)),
          inTurns
        ).pipe(on(1)),
        wanted
      )
    })
  )

  it("says what it takes", () => {
    assert.throws(() => Optimizers.accumulate(tf.train.sgd(1), 0), "positive whole number of steps, and got 0")
    const bad = { weight: tf.scalar(1, "int32") }
    assert.throws(() => new CrossReplicaOptimizer(tf.train.sgd(1), bad), `a float32 scalar for the reduction "mean"; got int32`)
    assert.throws(() => new CrossReplicaOptimizer(tf.train.sgd(1), { weight: tf.scalar(1), reduction: "sum" }), `"sum"`)
  })
})

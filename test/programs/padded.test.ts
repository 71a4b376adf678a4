/** The model's own loss over a batch that is padded. */
import { assert, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import { Effect, Stream } from "effect"
import { Estimator, EstimatorTest, type Model, Tensor } from "../../src/index.ts"
import { recordLog } from "./deploymentModels.ts"

/** The mean of the labels, over all rows or over the examples. */
const mean =
  (weighs: boolean): Model.ModelFn =>
  ({ labels, valid, variables }) => {
    const rows = tf.add(labels as tf.Tensor1D, variables.get("w", [1], { initializer: () => tf.zeros([1]) }))
    return { loss: weighs ? tf.div<tf.Scalar>(tf.sum(tf.mul(rows, valid)), tf.sum(valid)) : tf.mean<tf.Scalar>(rows) }
  }

const input = (...sizes: ReadonlyArray<number>) =>
  Stream.fromIterable(
    sizes.map((size) => ({ features: Tensor.make(new Float32Array(size), [size]), labels: Tensor.make(new Float32Array(size).fill(8), [size]) }))
  )

const evaluated = Effect.fnUntraced(function* (weighs: boolean, replicas: number, ...sizes: ReadonlyArray<number>) {
  const log: Array<string> = []
  const { loss } = yield* Estimator.evaluate(Estimator.make({ modelFn: mean(weighs), evalBatchSize: 4 }), { input: input(...sizes) }).pipe(
    Effect.provide(EstimatorTest.layer({ replicas })),
    Effect.provide(recordLog(log))
  )
  return { loss, log }
})

it.effect("is told where it counts the padding", () =>
  Effect.gen(function* () {
    const { log, loss } = yield* evaluated(false, 1, 4, 1)
    assert.closeTo(loss, (4 * 8 + 2) / 5, 1e-6)
    assert.lengthOf(log, 1)
    assert.match(log[0]!, /a batch has 1 of 4 rows.*does not look at `valid`/)
  })
)

it.effect("is exact, and not told of, where it weighs by `valid`, where nothing is padded, and where a replica has nothing but padding", () =>
  Effect.gen(function* () {
    for (const given of [
      [true, 1, 4, 1],
      [false, 1, 4, 4],
      [false, 2, 4, 2]
    ] as const) {
      const [weighs, replicas, ...sizes] = given
      assert.deepStrictEqual(yield* evaluated(weighs, replicas, ...sizes), { loss: 8, log: [] })
    }
  })
)

import { assert, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import { Effect, Stream } from "effect"
import * as Metrics from "../../../src/domain/metrics/Metrics.ts"
import type { Metric, ModelFn } from "../../../src/domain/Model.ts"
import { make as tensor } from "../../../src/domain/Tensor.ts"
import { Estimator, EstimatorTest } from "../../../src/index.ts"

// ten examples: a probability, a label, a weight
const p = [0.1, 0.4, 0.35, 0.8, 0.9, 0.2, 0.6, 0.55, 0.3, 0.7]
const l = [0, 0, 1, 1, 1, 0, 0, 1, 0, 1]
const w = [1, 2, 1, 1, 3, 1, 1, 2, 1, 1]

const scores: ModelFn = ({ features, labels }) => {
  const flat = (x: tf.Tensor) => tf.squeeze(x, [1])
  const predicted = flat(features["p"]!)
  const expected = flat(labels)
  const hard = tf.greater(predicted, 0.5)
  const logits = tf.stack([tf.sub(1, predicted), predicted], 1)
  const tensors = { p: predicted, l: expected, w: flat(features["w"]!), hard, logits }
  const metric = (of: Metric) => ({ tensors, metric: of })
  return {
    loss: tf.mean(tf.square(tf.sub(predicted, expected))),
    evalMetrics: {
      auc: metric(Metrics.auc("l", "p", { weights: "w" })),
      precision: metric(Metrics.precision("l", "hard", "w")),
      recall: metric(Metrics.recall("l", "hard", "w")),
      mse: metric(Metrics.meanSquaredError("l", "p")),
      mae: metric(Metrics.meanAbsoluteError("l", "p", "w")),
      top1: metric(Metrics.topKAccuracy("l", "logits", 1)),
      perClass: metric(Metrics.meanPerClassAccuracy("l", "hard", 2))
    }
  }
}

const input = (size: number) =>
  Stream.fromIterable(
    Array.from({ length: Math.ceil(p.length / size) }, (_, k) => {
      const column = (values: ReadonlyArray<number>) => {
        const part = values.slice(k * size, (k + 1) * size)
        return tensor(Float32Array.from(part), [part.length, 1])
      }
      return { features: { p: column(p), w: column(w) }, labels: column(l) }
    })
  )

for (const replicas of [1, 2]) {
  it.effect(`metrics of an evaluation are those of the data set, whatever the batch size and the padding (${replicas} replicas)`, () =>
    Effect.gen(function* () {
      const evaluate = (size: number) => Estimator.evaluate(Estimator.make({ modelFn: scores, evalBatchSize: size }), { input: input(size) })
      const { metrics } = yield* evaluate(10)
      // above 0.5: 0.8, 0.9, 0.55, 0.7 rightly (weights 1 + 3 + 2 + 1), 0.6 wrongly (1); missed: 0.35 (1)
      assert.closeTo(metrics["precision"]!, 7 / 8, 1e-12)
      assert.closeTo(metrics["recall"]!, 7 / 8, 1e-12)
      assert.closeTo(metrics["top1"]!, 8 / 10, 1e-12)
      assert.closeTo(metrics["perClass"]!, (4 / 5 + 4 / 5) / 2, 1e-12)
      // pairs in order: 0.35 beats 0.1, 0.2, 0.3 (weights 1 + 1 + 1); 0.55 (2) beats all but 0.6 (5); the others all 6
      assert.closeTo(metrics["auc"]!, (1 * 3 + 2 * 5 + 6 * (1 + 3 + 1)) / (8 * 6), 1e-5)
      assert.closeTo(metrics["mse"]!, p.reduce((sum, x, i) => sum + (x - l[i]!) ** 2, 0) / 10, 1e-6)
      assert.closeTo(metrics["mae"]!, p.reduce((sum, x, i) => sum + w[i]! * Math.abs(x - l[i]!), 0) / 14, 1e-6)
      for (const size of [2, 4, 6, 12]) {
        const other = yield* evaluate(size)
        assert.strictEqual(other.examples, 10)
        for (const [name, value] of Object.entries(metrics)) assert.closeTo(other.metrics[name]!, value, 1e-9, `${name}, batches of ${size}`)
      }
    }).pipe(Effect.provide(EstimatorTest.layer({ replicas })))
  )
}

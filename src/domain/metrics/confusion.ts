/**
 * What binary predictions and labels come to: the four counts, precision and recall.
 * Its tensors are named among `EvalMetric.tensors`, with the batch on axis 0; padding rows are gone before they come here.
 *
 * @since 0.1.0
 */
import type { Metric } from "../Model.ts"
import { make, type MetricBatch, tensorOf, weightsOf } from "./weighted.ts"

/** Labels and predictions, which must have as many elements. @category rules @since 0.1.0 */
export const pairOf = (
  batch: MetricBatch,
  labels: string,
  predictions: string
): readonly [labels: ArrayLike<number>, predictions: ArrayLike<number>] => {
  const expected = tensorOf(batch, labels)
  const came = tensorOf(batch, predictions)
  if (expected.data.length !== came.data.length) {
    throw new RangeError(`metric: predictions "${predictions}" [${came.shape}] have not the shape of labels "${labels}" [${expected.shape}]`)
  }
  return [expected.data, came.data]
}

/** Weighted number of pairs of which both are as asked. Its state is `[count]`; nothing counted gives 0. */
const count = (labels: string, predictions: string, weights: string | undefined, label: boolean, prediction: boolean): Metric => ({
  initial: [0],
  update: (state, batch) => {
    const [expected, came] = pairOf(batch, labels, predictions)
    const weight = weightsOf(batch, weights, expected.length)
    let sum = state[0]!
    for (let i = 0; i < expected.length; i++) if ((expected[i] !== 0) === label && (came[i] !== 0) === prediction) sum += weight(i)
    return [sum]
  },
  result: (state) => state[0]!
})

/** `sum(w [label and prediction])` (`tf.metrics.true_positives`); anything but 0 is true. @category metrics @since 0.1.0 */
export const truePositives = (labels: string, predictions: string, weights?: string): Metric => count(labels, predictions, weights, true, true)

/** `sum(w [prediction without label])` (`tf.metrics.false_positives`). @category metrics @since 0.1.0 */
export const falsePositives = (labels: string, predictions: string, weights?: string): Metric => count(labels, predictions, weights, false, true)

/** `sum(w [neither])` (`tf.metrics.true_negatives`). @category metrics @since 0.1.0 */
export const trueNegatives = (labels: string, predictions: string, weights?: string): Metric => count(labels, predictions, weights, false, false)

/** `sum(w [label without prediction])` (`tf.metrics.false_negatives`). @category metrics @since 0.1.0 */
export const falseNegatives = (labels: string, predictions: string, weights?: string): Metric => count(labels, predictions, weights, true, false)

/** The mean of [both] over the pairs of which `of` is true; 0 where there are none, as in the original. */
const rate = (labels: string, predictions: string, weights: string | undefined, of: "label" | "prediction"): Metric => {
  const both = truePositives(labels, predictions, weights)
  const other = of === "label" ? falseNegatives(labels, predictions, weights) : falsePositives(labels, predictions, weights)
  return {
    initial: [0, 0],
    update: ([hits, misses], batch) => [both.update([hits!], batch)[0]!, other.update([misses!], batch)[0]!],
    result: ([hits, misses]) => (hits! + misses! > 0 ? hits! / (hits! + misses!) : 0)
  }
}

/** `tp / (tp + fp)`, 0 before the first positive prediction (`tf.metrics.precision`). @category metrics @since 0.1.0 */
export const precision = (labels: string, predictions: string, weights?: string): Metric => rate(labels, predictions, weights, "prediction")

/** `tp / (tp + fn)`, 0 before the first positive label (`tf.metrics.recall`). @category metrics @since 0.1.0 */
export const recall = (labels: string, predictions: string, weights?: string): Metric => rate(labels, predictions, weights, "label")

/** The mean of a function of label and prediction, then a function of the mean. @category constructors @since 0.1.0 */
export const meanOfPairs = (
  labels: string,
  predictions: string,
  weights: string | undefined,
  f: (label: number, prediction: number) => number,
  result?: (mean: number) => number
): Metric =>
  make(
    (batch) => {
      const [expected, came] = pairOf(batch, labels, predictions)
      return Float64Array.from(expected, (label, i) => f(label, came[i]!))
    },
    weights,
    result
  )

/**
 * The part of predictions that is right.
 * Its tensors are named among `EvalMetric.tensors`, with the batch on axis 0; padding rows are gone before they come here.
 *
 * @since 0.1.0
 */
import type { Metric } from "../Model.ts"
import type { Tensor } from "../Tensor.ts"
import { make, type MetricBatch, tensorOf } from "./weighted.ts"

const argMax = (data: ArrayLike<number>, from: number, width: number): number => {
  let best = 0
  for (let j = 1; j < width; j++) if (data[from + j]! > data[from + best]!) best = j
  return best
}

/** Classes: the predictions themselves, or the place of the largest logit (the first of equals). */
const classesOf = (predictions: Tensor, labels: Tensor): ArrayLike<number> => {
  if (predictions.data.length === labels.data.length && predictions.shape.length <= labels.shape.length) return predictions.data
  const width = predictions.shape.at(-1) ?? 1
  if (width * labels.data.length !== predictions.data.length) {
    throw new RangeError(`metric: predictions [${predictions.shape}] are neither classes nor logits for labels [${labels.shape}]`)
  }
  return Int32Array.from({ length: labels.data.length }, (_, i) => argMax(predictions.data, i * width, width))
}

/**
 * `sum(w [prediction = label]) / sum(w)` (`tf.metrics.accuracy`). `labels`: class numbers of any shape. `predictions`: class
 * numbers of the same shape, or logits or probabilities with one more axis, of which the largest counts.
 *
 * @category metrics
 * @since 0.1.0
 */
export const accuracy = (labels: string, predictions: string, weights?: string): Metric =>
  make((batch: MetricBatch) => {
    const expected = tensorOf(batch, labels)
    const classes = classesOf(tensorOf(batch, predictions), expected)
    return Uint8Array.from(expected.data, (label, i) => (label === classes[i] ? 1 : 0))
  }, weights)

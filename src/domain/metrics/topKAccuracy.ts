/**
 * The part of labels that is among the k best predictions.
 * Its tensors are named among `EvalMetric.tensors`, with the batch on axis 0; padding rows are gone before they come here.
 *
 * @since 0.1.0
 */
import type { Metric } from "../Model.ts"
import { make, tensorOf } from "./weighted.ts"

/** `tf.nn.in_top_k`: all classes that are equal at the boundary are in; a label that is no class, or whose score is not finite, is not. */
const isInTopK = (scores: ArrayLike<number>, from: number, width: number, label: number, k: number): boolean => {
  if (!(label >= 0 && label < width)) return false
  const score = scores[from + label]!
  if (!Number.isFinite(score)) return false
  let better = 0
  for (let j = 0; j < width; j++) if (scores[from + j]! > score) better++
  return better < k
}

/**
 * `sum(w [label in top k]) / sum(w)`. `labels`: class numbers of any shape; `predictions`: scores with one more axis, the
 * classes. Throws a `RangeError` for a `k` that is no positive whole number.
 *
 * @category metrics
 * @since 0.1.0
 */
export const topKAccuracy = (labels: string, predictions: string, k: number, weights?: string): Metric => {
  if (!(Number.isInteger(k) && k > 0)) throw new RangeError(`topKAccuracy: expected a positive whole number for k, got ${k}`)
  return make((batch) => {
    const expected = tensorOf(batch, labels)
    const scores = tensorOf(batch, predictions)
    const width = scores.shape.at(-1) ?? 1
    if (width * expected.data.length !== scores.data.length) {
      throw new RangeError(`metric: predictions [${scores.shape}] are no scores of classes for labels [${expected.shape}]`)
    }
    return Uint8Array.from(expected.data, (label, i) => (isInTopK(scores.data, i * width, width, label, k) ? 1 : 0))
  }, weights)
}

/**
 * Accuracy of each class by itself, averaged: a rare class counts as much as a frequent one.
 * Its tensors are named among `EvalMetric.tensors`, with the batch on axis 0; padding rows are gone before they come here.
 *
 * @since 0.1.0
 */
import type { Metric } from "../Model.ts"
import { pairOf } from "./confusion.ts"
import { weightsOf } from "./weighted.ts"

/**
 * The mean over all `classes` of `sum(w [prediction = label = c]) / sum(w [label = c])`; a class without labels gives 0
 * (`tf.metrics.mean_per_class_accuracy`). Its state is the hits of each class, then its labels. Throws a `RangeError` for
 * a label that is no class.
 *
 * @category metrics
 * @since 0.1.0
 */
export const meanPerClassAccuracy = (labels: string, predictions: string, classes: number, weights?: string): Metric => ({
  initial: new Array<number>(2 * classes).fill(0),
  update: (state, batch) => {
    const next = [...state]
    const [expected, came] = pairOf(batch, labels, predictions)
    const weight = weightsOf(batch, weights, expected.length)
    for (let i = 0; i < expected.length; i++) {
      const label = expected[i]!
      if (!(Number.isInteger(label) && label >= 0 && label < classes)) {
        throw new RangeError(`metric: label ${label} of "${labels}" is not a class in 0 … ${classes - 1}`)
      }
      if (came[i] === label) next[label]! += weight(i)
      next[classes + label]! += weight(i)
    }
    return next
  },
  result: (state) => {
    let sum = 0
    for (let c = 0; c < classes; c++) if (state[classes + c]! > 0) sum += state[c]! / state[classes + c]!
    return sum / classes
  }
})

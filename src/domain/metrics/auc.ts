/**
 * Area under the curve of a binary classifier, over thresholds.
 * Its tensors are named among `EvalMetric.tensors`, with the batch on axis 0; padding rows are gone before they come here.
 *
 * @since 0.1.0
 */
import type { Metric } from "../Model.ts"
import { pairOf } from "./confusion.ts"
import { weightsOf } from "./weighted.ts"

/** @category models @since 0.1.0 */
export interface AucOptions {
  /** Receiver operating characteristic (default), or precision over recall. */
  readonly curve?: "ROC" | "PR"
  /** At least 2; default 200. */
  readonly thresholds?: number
  readonly weights?: string
}

/** Keeps the quotients defined where there are no positives or no negatives (`tf.metrics.auc`). */
const epsilon = 1e-6

/** Evenly from just below 0 to just above 1, in float32 as the predictions are: one that equals a threshold is not above it. */
const thresholdsOf = (n: number): Float32Array => Float32Array.from({ length: n }, (_, i) => (i === 0 ? -1e-7 : i === n - 1 ? 1 + 1e-7 : i / (n - 1)))

/** How many thresholds lie below `p`. */
const below = (thresholds: Float32Array, p: number): number => {
  let low = 0
  let high = thresholds.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (thresholds[middle]! < p) low = middle + 1
    else high = middle
  }
  return low
}

/** Trapezoids of `y` over `x`. */
const area = (x: Float64Array, y: Float64Array): number => {
  let sum = 0
  for (let i = 1; i < x.length; i++) sum += ((x[i - 1]! - x[i]!) * (y[i - 1]! + y[i]!)) / 2
  return sum
}

const curveArea = (state: ReadonlyArray<number>, n: number, curve: "ROC" | "PR"): number => {
  const x = new Float64Array(n)
  const y = new Float64Array(n)
  const sumOf = (from: number) => state.slice(from, from + n + 1).reduce((a, b) => a + b, 0)
  const positives = sumOf(0)
  const negatives = sumOf(n + 1)
  // from the highest threshold down, what lies above it is added up
  let tp = 0
  let fp = 0
  for (let i = n - 1; i >= 0; i--) {
    tp += state[i + 1]!
    fp += state[n + 1 + i + 1]!
    const recall = (tp + epsilon) / (positives + epsilon)
    x[i] = curve === "ROC" ? fp / (negatives + epsilon) : recall
    y[i] = curve === "ROC" ? recall : (tp + epsilon) / (tp + fp + epsilon)
  }
  return area(x, y)
}

/**
 * The area by trapezoids over evenly spaced thresholds (`tf.metrics.auc` with `summation_method: "trapezoidal"`).
 * `labels`: anything but 0 is positive. `predictions`: probabilities, as many; one outside of [0, 1] is a `RangeError`. Its
 * state is the weights of positives, then of negatives, by the number of thresholds below the prediction.
 *
 * @category metrics
 * @since 0.1.0
 */
export const auc = (labels: string, predictions: string, options: AucOptions = {}): Metric => {
  const { curve = "ROC", thresholds: n = 200, weights } = options
  if (!(Number.isInteger(n) && n >= 2)) throw new RangeError(`auc: expected two thresholds or more, got ${n}`)
  const thresholds = thresholdsOf(n)
  return {
    initial: new Array<number>(2 * (n + 1)).fill(0),
    update: (state, batch) => {
      const next = [...state]
      const [expected, came] = pairOf(batch, labels, predictions)
      const weight = weightsOf(batch, weights, expected.length)
      for (let i = 0; i < expected.length; i++) {
        const p = came[i]!
        if (!(p >= 0 && p <= 1)) throw new RangeError(`metric: prediction ${p} of "${predictions}" is not a probability: auc wants values in [0, 1]`)
        next[below(thresholds, p) + (expected[i] === 0 ? n + 1 : 0)]! += weight(i)
      }
      return next
    },
    result: (state) => curveArea(state, n, curve)
  }
}

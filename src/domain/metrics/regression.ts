/**
 * Errors of predicted numbers.
 * Its tensors are named among `EvalMetric.tensors`, with the batch on axis 0; padding rows are gone before they come here.
 *
 * @since 0.1.0
 */
import type { Metric } from "../Model.ts"
import { meanOfPairs } from "./confusion.ts"

const square = (label: number, prediction: number) => (prediction - label) ** 2

/** `sum(w (p - l)^2) / sum(w)` (`tf.metrics.mean_squared_error`). @category metrics @since 0.1.0 */
export const meanSquaredError = (labels: string, predictions: string, weights?: string): Metric => meanOfPairs(labels, predictions, weights, square)

/** The root of the mean squared error of the whole data set (`tf.metrics.root_mean_squared_error`). @category metrics @since 0.1.0 */
export const rootMeanSquaredError = (labels: string, predictions: string, weights?: string): Metric =>
  meanOfPairs(labels, predictions, weights, square, Math.sqrt)

/** `sum(w |p - l|) / sum(w)` (`tf.metrics.mean_absolute_error`). @category metrics @since 0.1.0 */
export const meanAbsoluteError = (labels: string, predictions: string, weights?: string): Metric =>
  meanOfPairs(labels, predictions, weights, (label, prediction) => Math.abs(prediction - label))

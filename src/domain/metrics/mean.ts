/**
 * The weighted mean of values.
 * Its tensors are named among `EvalMetric.tensors`, with the batch on axis 0; padding rows are gone before they come here.
 *
 * @since 0.1.0
 */
import type { Metric } from "../Model.ts"
import { make, tensorOf } from "./weighted.ts"

/**
 * `sum(w x) / sum(w)` (`tf.metrics.mean`). `values`: any shape. `weights`: as many elements, or one for each row; default 1.
 *
 * @category metrics
 * @since 0.1.0
 */
export const mean = (values: string, weights?: string): Metric => make((batch) => tensorOf(batch, values).data, weights)

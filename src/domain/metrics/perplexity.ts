/**
 * Perplexity of a language model.
 * Its tensors are named among `EvalMetric.tensors`, with the batch on axis 0; padding rows are gone before they come here.
 *
 * @since 0.1.0
 */
import type { Metric } from "../Model.ts"
import { make, tensorOf } from "./weighted.ts"

/**
 * `exp(sum(w x) / sum(w))` of losses in nats for each token. The exponential is taken of the mean over the whole data set,
 * so that the cut into batches does not matter.
 *
 * @category metrics
 * @since 0.1.0
 */
export const perplexity = (losses: string, weights?: string): Metric => make((batch) => tensorOf(batch, losses).data, weights, Math.exp)

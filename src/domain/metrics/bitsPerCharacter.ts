/**
 * Bits per character of a language model.
 * Its tensors are named among `EvalMetric.tensors`, with the batch on axis 0; padding rows are gone before they come here.
 *
 * @since 0.1.0
 */
import type { Metric } from "../Model.ts"
import { make, tensorOf } from "./weighted.ts"

/**
 * `sum(w x) / sum(w) / ln 2` of losses in nats for each character.
 *
 * @category metrics
 * @since 0.1.0
 */
export const bitsPerCharacter = (losses: string, weights?: string): Metric =>
  make(
    (batch) => tensorOf(batch, losses).data,
    weights,
    (nats) => nats / Math.LN2
  )

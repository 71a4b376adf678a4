/**
 * What all metrics of this folder share: a weighted sum and the sum of the weights.
 *
 * @since 0.1.0
 */
import type { Metric } from "../Model.ts"
import type { Tensor } from "../Tensor.ts"

/** The metric's tensors of a batch, by name. @category models @since 0.1.0 */
export interface MetricBatch {
  readonly [name: string]: Tensor
}

/** Throws a `RangeError` for a name that `EvalMetric.tensors` lacks: a mistake of the model function. @category rules @since 0.1.0 */
export const tensorOf = (batch: MetricBatch, name: string): Tensor => {
  const tensor = batch[name]
  if (tensor === undefined) throw new RangeError(`metric: there is no tensor "${name}"; there are ${Object.keys(batch).join(", ")}`)
  return tensor
}

/**
 * The weights for `length` values: as many, or one for each row of values (broadcast over what follows axis 0), or 1 for
 * each without a name. Throws a `RangeError` when they do not fit.
 *
 * @category rules
 * @since 0.1.0
 */
export const weightsOf = (batch: MetricBatch, weights: string | undefined, length: number): ((i: number) => number) => {
  if (weights === undefined) return () => 1
  const { data } = tensorOf(batch, weights)
  if (data.length === length) return (i) => data[i]!
  if (data.length === 0 || length % data.length !== 0) throw new RangeError(`metric: ${data.length} weights ("${weights}") for ${length} values`)
  const each = length / data.length
  return (i) => data[Math.floor(i / each)]!
}

/**
 * `result(sum(w x) / sum(w))` over all batches, in float64; NaN before the first weight. Its state is `[sum(w x), sum(w)]`.
 * A value whose weight is 0 counts for nothing, whatever it is (also NaN).
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  values: (batch: MetricBatch) => ArrayLike<number>,
  weights: string | undefined,
  result: (mean: number) => number = (mean) => mean
): Metric => ({
  initial: [0, 0],
  update: (state, batch) => {
    const xs = values(batch)
    const weight = weightsOf(batch, weights, xs.length)
    let sum = state[0]!
    let total = state[1]!
    for (let i = 0; i < xs.length; i++) {
      const w = weight(i)
      if (w === 0) continue
      sum += w * xs[i]!
      total += w
    }
    return [sum, total]
  },
  result: (state) => result(state[0]! / state[1]!)
})

/** Order statistics of small samples. @since 0.1.0 */

/** Linear between neighbours; NaN for an empty list. @category rules @since 0.1.0 */
export const quantile = (values: ReadonlyArray<number>, q: number): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (sorted.length - 1) * q
  const [low, high] = [Math.floor(at), Math.ceil(at)]
  return sorted.length === 0 ? NaN : sorted[low]! + (sorted[high]! - sorted[low]!) * (at - low)
}

/** @category rules @since 0.1.0 */
export const median = (values: ReadonlyArray<number>): number => quantile(values, 0.5)

/** @category rules @since 0.1.0 */
export const mean = (values: ReadonlyArray<number>): number => values.reduce((a, b) => a + b, 0) / values.length

/** A list in random order. @category rules @since 0.1.0 */
export const shuffled = <A>(values: ReadonlyArray<A>): Array<A> =>
  values
    .map((value) => ({ value, key: Math.random() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ value }) => value)

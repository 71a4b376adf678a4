/**
 * How numbers of a lowered model depend on the batch's rows, found out from the same model lowered at three sizes: extents,
 * bounds and counts are `perRow * rows + rest`. Two sizes give the line, the third proves it.
 *
 * @since 0.1.0
 */

/** @category models @since 0.1.0 */
export interface Affine {
  readonly perRow: number
  readonly rest: number
}

/** What one thing is at each of the three sizes. @category models @since 0.1.0 */
export type Three<A> = readonly [A, A, A]

/** Whole numbers only; `undefined` for what is no line. @category rules @since 0.1.0 */
export const affineOf = ([n0, n1, n2]: Three<number>, [v0, v1, v2]: Three<number>): Affine | undefined => {
  const perRow = (v1 - v0) / (n1 - n0)
  const rest = v0 - perRow * n0
  return Number.isInteger(perRow) && Number.isInteger(rest) && perRow * n2 + rest === v2 ? { perRow, rest } : undefined
}

/** Element by element; `undefined` where lengths differ or one element is no line. @category rules @since 0.1.0 */
export const affineList = (sizes: Three<number>, lists: Three<ArrayLike<number>>): ReadonlyArray<Affine> | undefined => {
  const [a, b, c] = lists
  if (a.length !== b.length || a.length !== c.length) return undefined
  const found: Array<Affine> = []
  for (let i = 0; i < a.length; i++) {
    const line = affineOf(sizes, [a[i]!, b[i]!, c[i]!])
    if (line === undefined) return undefined
    found.push(line)
  }
  return found
}

/** @category rules @since 0.1.0 */
export const isFixed = ({ perRow }: Affine): boolean => perRow === 0

/** It is the number of rows itself. @category rules @since 0.1.0 */
export const isRows = ({ perRow, rest }: Affine): boolean => perRow === 1 && rest === 0

/**
 * Batch sizes to lower at: odd and even, and primes or twice one, which no extent of a model is likely to be, so that a number of the
 * file is seldom the rows at one size by chance.
 *
 * @category constants
 * @since 0.1.0
 */
export const probeSizes: Three<number> = [211, 226, 227]

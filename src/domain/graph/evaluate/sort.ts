/**
 * Reference meaning of the ops that order elements.
 *
 * @since 0.1.0
 */
import { allocate, type Tensor, type TensorData } from "../../Tensor.ts"

/** Places of the k largest of each row (the last axis), descending; of equal elements the first comes first, NaN counts as negative infinity. @category rules @since 0.1.0 */
export const topKIndices = ({ data, shape }: Tensor, k: number): Int32Array => {
  const n = shape[shape.length - 1]!
  const rows = n === 0 ? 0 : data.length / n
  const out = new Int32Array(rows * k)
  const places = new Int32Array(n)
  for (let r = 0; r < rows; r++) {
    const row = data.subarray(r * n, (r + 1) * n)
    const size = (i: number) => (row[i] === row[i] ? row[i]! : -Infinity)
    for (let i = 0; i < n; i++) places[i] = i
    // a difference of infinities is NaN: compared, not subtracted
    places.sort((i, j) => (size(i) > size(j) ? -1 : size(i) < size(j) ? 1 : i - j))
    out.set(places.subarray(0, k), r * k)
  }
  return out
}

/** The elements at `topKIndices`. @category rules @since 0.1.0 */
export const topKValues = (x: Tensor, k: number): TensorData => {
  const n = x.shape[x.shape.length - 1]!
  const places = topKIndices(x, k)
  const out = allocate(x.dtype, places.length)
  for (let i = 0; i < places.length; i++) out[i] = x.data[Math.floor(i / k) * n + places[i]!]!
  return out
}

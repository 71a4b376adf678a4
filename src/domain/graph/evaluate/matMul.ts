/**
 * Reference meaning of matrix products: float64 accumulation in order of the inner axis, one rounding.
 * Letters: m rows, n columns, k inner.
 *
 * @since 0.1.0
 */
import { sizeOf, stridesOf, type Tensor } from "../../Tensor.ts"

/** The matrix `[rows, columns]` at `offset` of `x`, written to `out` as `[columns, rows]`. @category rules @since 0.1.0 */
export const transposed = (x: Float32Array, offset: number, rows: number, columns: number, out: Float32Array): Float32Array => {
  for (let r = 0, i = offset; r < rows; r++) for (let c = 0; c < columns; c++) out[c * rows + r] = x[i++]!
  return out
}

/**
 * `out[m, n] (+)= a[m, k] * b[n, k]^T`: rows of both operands are contiguous, so each result is one dot product. Blocks of
 * 2 x 4 results share their loads. A `Float64Array` result keeps partial sums unrounded; only then is `add` of use.
 *
 * @category rules
 * @since 0.1.0
 */
export const dotRows = (
  a: Float32Array,
  aOffset: number,
  b: Float32Array,
  bOffset: number,
  out: Float32Array | Float64Array,
  outOffset: number,
  m: number,
  n: number,
  k: number,
  add = false
): void => {
  if (add) for (let i = 0; i < m; i++) addRow(a, aOffset + i * k, b, bOffset, out, outOffset + i * n, n, k)
  else {
    let i = 0
    for (; i + 1 < m; i += 2) twoRows(a, aOffset + i * k, b, bOffset, out, outOffset + i * n, n, k)
    if (i < m) {
      out.fill(0, outOffset + i * n, outOffset + (i + 1) * n)
      addRow(a, aOffset + i * k, b, bOffset, out, outOffset + i * n, n, k)
    }
  }
}

const addRow = (
  a: Float32Array,
  aOffset: number,
  b: Float32Array,
  bOffset: number,
  out: Float32Array | Float64Array,
  outOffset: number,
  n: number,
  k: number
): void => {
  for (let j = 0; j < n; j++) {
    let total = 0
    const row = bOffset + j * k
    for (let p = 0; p < k; p++) total += a[aOffset + p]! * b[row + p]!
    out[outOffset + j]! += total
  }
}

const twoRows = (
  a: Float32Array,
  a0: number,
  b: Float32Array,
  bOffset: number,
  out: Float32Array | Float64Array,
  outOffset: number,
  n: number,
  k: number
): void => {
  const a1 = a0 + k
  let j = 0
  for (; j + 3 < n; j += 4) {
    const b0 = bOffset + j * k
    const b1 = b0 + k
    const b2 = b1 + k
    const b3 = b2 + k
    let s00 = 0,
      s01 = 0,
      s02 = 0,
      s03 = 0,
      s10 = 0,
      s11 = 0,
      s12 = 0,
      s13 = 0
    for (let p = 0; p < k; p++) {
      const x = a[a0 + p]!
      const y = a[a1 + p]!
      const u = b[b0 + p]!
      const v = b[b1 + p]!
      const w = b[b2 + p]!
      const z = b[b3 + p]!
      s00 += x * u
      s01 += x * v
      s02 += x * w
      s03 += x * z
      s10 += y * u
      s11 += y * v
      s12 += y * w
      s13 += y * z
    }
    const o = outOffset + j
    out[o] = s00
    out[o + 1] = s01
    out[o + 2] = s02
    out[o + 3] = s03
    out[o + n] = s10
    out[o + n + 1] = s11
    out[o + n + 2] = s12
    out[o + n + 3] = s13
  }
  lastColumns(a, a0, b, bOffset, out, outOffset, n, k, j)
}

/** What is left of two rows from column `from` on. */
const lastColumns = (
  a: Float32Array,
  a0: number,
  b: Float32Array,
  bOffset: number,
  out: Float32Array | Float64Array,
  outOffset: number,
  n: number,
  k: number,
  from: number
): void => {
  const a1 = a0 + k
  for (let j = from; j < n; j++) {
    let s0 = 0
    let s1 = 0
    const row = bOffset + j * k
    for (let p = 0; p < k; p++) {
      s0 += a[a0 + p]! * b[row + p]!
      s1 += a[a1 + p]! * b[row + p]!
    }
    out[outOffset + j] = s0
    out[outOffset + n + j] = s1
  }
}

/** Batch extents equal or 1, repeated by numpy's rule. @category rules @since 0.1.0 */
export const matMul = (a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean, shape: ReadonlyArray<number>): Float32Array => {
  const rank = shape.length
  const m = shape[rank - 2]!
  const n = shape[rank - 1]!
  const k = a.shape[transposeA ? rank - 2 : rank - 1]!
  const batch = shape.slice(0, -2)
  const out = new Float32Array(sizeOf(shape))
  // the type rule has seen to it that both are float32
  const [aData, bData] = [a.data as Float32Array, b.data as Float32Array]
  const aSteps = batchSteps(a.shape.slice(0, -2))
  const bSteps = batchSteps(b.shape.slice(0, -2))
  const outSteps = stridesOf(batch)
  const packedA = transposeA ? new Float32Array(m * k) : aData
  const packedB = transposeB ? bData : new Float32Array(n * k)
  let lastB = -1
  for (let i = 0; i < sizeOf(batch); i++) {
    let aIndex = 0
    let bIndex = 0
    for (let axis = 0; axis < batch.length; axis++) {
      const at = Math.floor(i / outSteps[axis]!) % batch[axis]!
      aIndex += at * aSteps[axis]!
      bIndex += at * bSteps[axis]!
    }
    if (transposeA) transposed(aData, aIndex * m * k, k, m, packedA)
    if (!transposeB && bIndex !== lastB) transposed(bData, bIndex * n * k, k, n, packedB)
    lastB = bIndex
    dotRows(packedA, transposeA ? 0 : aIndex * m * k, packedB, transposeB ? bIndex * n * k : 0, out, i * m * n, m, n, k)
  }
  return out
}

const batchSteps = (batch: ReadonlyArray<number>): Array<number> => {
  const strides = stridesOf(batch)
  return batch.map((d, i) => (d === 1 ? 0 : strides[i]!))
}

/**
 * Reference meaning of reductions, cumulative sums and arg-reductions. Float sums and products are accumulated in
 * float64 in row-major order and rounded once.
 *
 * @since 0.1.0
 */
import { allocate, type Shape, sizeOf, type Tensor, type TensorData } from "../../Tensor.ts"
import type { OpAttrs, ReduceOp } from "../ops.ts"
import { transpose } from "./strided.ts"

/** Reduces `rows` rows of `columns` neighbouring elements each. */
type RowLoop = (x: TensorData, rows: number, columns: number, out: TensorData) => void

const sum = (x: TensorData, rows: number, columns: number, out: TensorData, divisor: number): void => {
  for (let r = 0, i = 0; r < rows; r++) {
    let total = 0
    for (const end = i + columns; i < end; i++) total += x[i]!
    out[r] = total / divisor
  }
}

/** NaN wins, as tfjs and TensorFlow; no elements give the dtype's other end. */
const extreme =
  (greatest: boolean): RowLoop =>
  (x, rows, columns, out) => {
    const none = out instanceof Int32Array ? (greatest ? -2147483648 : 2147483647) : greatest ? -Infinity : Infinity
    for (let r = 0, i = 0; r < rows; r++) {
      let best = none
      for (const end = i + columns; i < end; i++) {
        const value = x[i]!
        if ((greatest ? value > best : value < best) || value !== value) best = value
      }
      out[r] = best
    }
  }

const product: RowLoop = (x, rows, columns, out) => {
  const integers = out instanceof Int32Array
  for (let r = 0, i = 0; r < rows; r++) {
    let total = 1
    for (const end = i + columns; i < end; i++) total = integers ? Math.imul(total, x[i]!) : total * x[i]!
    out[r] = total
  }
}

const rowLoops: { readonly [K in ReduceOp]: RowLoop } = {
  ReduceSum: (x, rows, columns, out) => sum(x, rows, columns, out, 1),
  ReduceMean: (x, rows, columns, out) => sum(x, rows, columns, out, columns),
  ReduceMax: extreme(true),
  ReduceMin: extreme(false),
  ReduceProd: product,
  ReduceAny: (x, rows, columns, out) => {
    for (let r = 0; r < rows; r++) out[r] = x.subarray(r * columns, (r + 1) * columns).includes(1) ? 1 : 0
  },
  ReduceAll: (x, rows, columns, out) => {
    for (let r = 0; r < rows; r++) out[r] = x.subarray(r * columns, (r + 1) * columns).includes(0) ? 0 : 1
  }
}

/** @category rules @since 0.1.0 */
export const reduce = (op: ReduceOp, { data, dtype, shape }: Tensor, axes: ReadonlyArray<number>): TensorData => {
  const kept = shape.map((_, i) => i).filter((i) => !axes.includes(i))
  const rows = sizeOf(kept.map((i) => shape[i]!))
  const columns = sizeOf(axes.map((i) => shape[i]!))
  let x = data
  if (axes.some((axis, i) => axis !== kept.length + i)) {
    x = allocate(dtype, data.length)
    transpose(data, shape, [...kept, ...axes], x)
  }
  const out = allocate(dtype, rows)
  rowLoops[op](x, rows, columns, out)
  return out
}

/** Extents before, along and after an axis. @category rules @since 0.1.0 */
export const aroundAxis = (shape: Shape, axis: number): readonly [outer: number, along: number, inner: number] => [
  sizeOf(shape.slice(0, axis)),
  shape[axis]!,
  sizeOf(shape.slice(axis + 1))
]

/** The first of equals wins; NaN is passed over, and counts as the other end where there is nothing else. @category rules @since 0.1.0 */
export const argExtreme = (greatest: boolean, { data, shape }: Tensor, axis: number): Int32Array => {
  const [outer, along, inner] = aroundAxis(shape, axis)
  const out = new Int32Array(outer * inner)
  const worst = greatest ? -Infinity : Infinity
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const start = o * along * inner + i
      let best = worst
      let at = 0
      for (let k = 0; k < along; k++) {
        const value = data[start + k * inner]!
        if (greatest ? value > best : value < best) {
          best = value
          at = k
        }
      }
      out[o * inner + i] = at
    }
  }
  return out
}

/** @category rules @since 0.1.0 */
export const cumSum = ({ data, dtype, shape }: Tensor, { axis, exclusive, reverse }: OpAttrs["CumSum"]): TensorData => {
  const [outer, along, inner] = aroundAxis(shape, axis)
  const out = allocate(dtype, data.length)
  const step = reverse ? -inner : inner
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      let at = o * along * inner + i + (reverse ? (along - 1) * inner : 0)
      let total = 0
      for (let k = 0; k < along; k++, at += step) {
        const value = data[at]!
        out[at] = exclusive ? total : total + value
        total += value
      }
    }
  }
  return out
}

/** Softmax (or its logarithm) of each row of the last axis; exponentials of `x - max`, summed in float64. @category rules @since 0.1.0 */
export const softmax = ({ data, shape }: Tensor, logarithm: boolean): Float32Array => {
  const columns = shape[shape.length - 1]!
  const out = new Float32Array(data.length)
  for (let start = 0; start < data.length; start += columns) {
    let max = -Infinity
    for (let i = 0; i < columns; i++) max = Math.max(max, data[start + i]!)
    let total = 0
    for (let i = 0; i < columns; i++) total += Math.exp(data[start + i]! - max)
    const logTotal = Math.log(total)
    for (let i = 0; i < columns; i++) {
      const shifted = data[start + i]! - max
      out[start + i] = logarithm ? shifted - logTotal : Math.exp(shifted) / total
    }
  }
  return out
}

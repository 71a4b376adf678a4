/**
 * Reference meaning of the ops that move elements: slices, pads, joins and look-ups.
 *
 * @since 0.1.0
 */
import { allocate, type DType, type Shape, sizeOf, stridesOf, type Tensor, type TensorData, type TensorType } from "../../Tensor.ts"
import type { OpAttrs } from "../ops.ts"
import { aroundAxis } from "./reduce.ts"
import { stridedCopy, whole } from "./strided.ts"

/** A value that no rule can give a meaning to, such as an index out of range. @category errors @since 0.1.0 */
export class ValueRefusal extends Error {}

/** @category rules @since 0.1.0 */
export const iota = (dtype: DType, shape: Shape, axis: number): TensorData => {
  const [outer, along, inner] = aroundAxis(shape, axis)
  const out = allocate(dtype, sizeOf(shape))
  for (let o = 0, i = 0; o < outer; o++) for (let k = 0; k < along; k++, i += inner) out.fill(k, i, i + inner)
  return out
}

/** @category rules @since 0.1.0 */
export const slice = ({ data, dtype, shape }: Tensor, { begin, size, strides }: OpAttrs["Slice"]): TensorData => {
  const out = allocate(dtype, sizeOf(size))
  const steps = stridesOf(shape)
  const offset = begin.reduce((n, at, i) => n + at * steps[i]!, 0)
  stridedCopy({ data, offset, strides: steps.map((step, i) => step * strides[i]!) }, whole(out, size), size)
  return out
}

/** @category rules @since 0.1.0 */
export const pad = ({ data, dtype, shape }: Tensor, { paddings, value }: OpAttrs["Pad"], type: TensorType): TensorData => {
  const out = allocate(dtype, sizeOf(type.shape)).fill(value)
  const steps = stridesOf(type.shape)
  const offset = paddings.reduce((n, [before], i) => n + before * steps[i]!, 0)
  stridedCopy(whole(data, shape), { data: out, offset, strides: steps }, shape)
  return out
}

/** @category rules @since 0.1.0 */
export const reverse = ({ data, dtype, shape }: Tensor, axes: ReadonlyArray<number>): TensorData => {
  const out = allocate(dtype, data.length)
  const steps = stridesOf(shape)
  const offset = axes.reduce((n, axis) => n + (shape[axis]! - 1) * steps[axis]!, 0)
  stridedCopy({ data, offset, strides: steps.map((step, i) => (axes.includes(i) ? -step : step)) }, whole(out, shape), shape)
  return out
}

/** @category rules @since 0.1.0 */
export const concat = (inputs: ReadonlyArray<Tensor>, axis: number, type: TensorType): TensorData => {
  const out = allocate(type.dtype, sizeOf(type.shape))
  const steps = stridesOf(type.shape)
  let offset = 0
  for (const { data, shape } of inputs) {
    stridedCopy(whole(data, shape), { data: out, offset, strides: steps }, shape)
    offset += shape[axis]! * steps[axis]!
  }
  return out
}

/** @category rules @since 0.1.0 */
export const gather = (x: Tensor, indices: Tensor, axis: number, type: TensorType): TensorData => {
  const [outer, along, inner] = aroundAxis(x.shape, axis)
  const out = allocate(type.dtype, sizeOf(type.shape))
  const n = indices.data.length
  for (let i = 0; i < n; i++) {
    const at = indices.data[i]!
    if (at < 0 || at >= along) throw new ValueRefusal(`expected indices in 0 … ${along - 1} (axis ${axis} of [${x.shape}]), got ${at}`)
    for (let o = 0; o < outer; o++) {
      const from = (o * along + at) * inner
      const to = (o * n + i) * inner
      for (let j = 0; j < inner; j++) out[to + j] = x.data[from + j]!
    }
  }
  return out
}

/** Float rows are added up in float64, in order; rows with an id out of range count for nothing. @category rules @since 0.1.0 */
export const segmentSum = (x: Tensor, ids: Tensor, numSegments: number): TensorData => {
  const n = ids.data.length
  const inner = sizeOf(x.shape.slice(ids.shape.length))
  const total = new Float64Array(numSegments * inner)
  for (let i = 0; i < n; i++) {
    const id = ids.data[i]!
    if (id < 0 || id >= numSegments) continue
    for (let j = 0; j < inner; j++) total[id * inner + j]! += x.data[i * inner + j]!
  }
  const out = allocate(x.dtype, total.length)
  out.set(total)
  return out
}

/** An index out of range gives `offValue` throughout. @category rules @since 0.1.0 */
export const oneHot = (indices: Tensor, { depth, onValue, offValue, dtype }: OpAttrs["OneHot"]): TensorData => {
  const out = allocate(dtype, indices.data.length * depth).fill(offValue)
  for (let i = 0; i < indices.data.length; i++) {
    const at = indices.data[i]!
    if (at >= 0 && at < depth) out[i * depth + at] = onValue
  }
  return out
}

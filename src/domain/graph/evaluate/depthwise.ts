/**
 * Reference meaning of convolutions by channel: channel `i` of the image is convolved with its own `m` filters, which give
 * channels `i m … i m + m - 1` of the result. Sums are in float64, and padding takes no part in them.
 *
 * @since 0.1.0
 */
import { type Shape, sizeOf, type Tensor } from "../../Tensor.ts"
import type { ConvAttrs } from "../ops.ts"
import { convWindow, forEachTap } from "./windows.ts"

/** `visit(image, result, weight)`: the offsets of what one channel of one element multiplies; the result's and the weight's are of the first of its `m` filters, which lie in a row. */
const forEachProduct = (
  image: Shape,
  filter: Shape,
  result: Shape,
  attrs: ConvAttrs,
  visit: (image: number, result: number, weight: number) => void
): void => {
  const [c, m] = [filter[2]!, filter[3]!]
  const [perImage, perResult] = [sizeOf(image.slice(1)), sizeOf(result.slice(1))]
  for (let n = 0; n < result[0]!; n++) {
    forEachTap(image, result[1]!, result[2]!, convWindow(filter, attrs), (position, tap, offset) => {
      for (let i = 0; i < c; i++) visit(n * perImage + offset + i, n * perResult + (position * c + i) * m, (tap * c + i) * m)
    })
  }
}

/** @category rules @since 0.1.0 */
export const depthwise = ({ data: x, shape: image }: Tensor, { data: w, shape: filter }: Tensor, attrs: ConvAttrs, result: Shape): Float32Array => {
  const total = new Float64Array(sizeOf(result))
  const m = filter[3]!
  forEachProduct(image, filter, result, attrs, (from, to, weight) => {
    for (let j = 0; j < m; j++) total[to + j]! += x[from]! * w[weight + j]!
  })
  return Float32Array.from(total)
}

/** @category rules @since 0.1.0 */
export const depthwiseBackpropInput = (
  { data: dy, shape: result }: Tensor,
  { data: w, shape: filter }: Tensor,
  attrs: ConvAttrs,
  image: Shape
): Float32Array => {
  const total = new Float64Array(sizeOf(image))
  const m = filter[3]!
  forEachProduct(image, filter, result, attrs, (to, from, weight) => {
    for (let j = 0; j < m; j++) total[to]! += dy[from + j]! * w[weight + j]!
  })
  return Float32Array.from(total)
}

/** @category rules @since 0.1.0 */
export const depthwiseBackpropFilter = (
  { data: x, shape: image }: Tensor,
  { data: dy, shape: result }: Tensor,
  attrs: ConvAttrs,
  filter: Shape
): Float32Array => {
  const total = new Float64Array(sizeOf(filter))
  const m = filter[3]!
  forEachProduct(image, filter, result, attrs, (at, from, weight) => {
    for (let j = 0; j < m; j++) total[weight + j]! += x[at]! * dy[from + j]!
  })
  return Float32Array.from(total)
}

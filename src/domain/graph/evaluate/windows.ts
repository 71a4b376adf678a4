/**
 * Reference meaning of convolution and pooling. Letters: n batch, h w image extents, y x their positions in the result,
 * c channels, o output channels, k elements of one window (`kh * kw * c`). Convolutions are products with the matrix of
 * windows `[h' * w', k]` of one image at a time, so they accumulate in float64 as `MatMul` does.
 *
 * @since 0.1.0
 */
import { type Shape, sizeOf, type Tensor } from "../../Tensor.ts"
import type { ConvAttrs, PoolAttrs } from "../ops.ts"
import { dotRows, transposed } from "./matMul.ts"

interface Window {
  readonly size: readonly [number, number]
  readonly strides: readonly [number, number]
  readonly dilations: readonly [number, number]
  readonly before: readonly [number, number]
}

/** @category windows @since 0.1.0 */
export const convWindow = (filter: Shape, { strides, dilations, padding }: ConvAttrs): Window => ({
  size: [filter[0]!, filter[1]!],
  strides,
  dilations,
  before: [padding[0][0], padding[1][0]]
})

const poolWindow = ({ window, strides, padding }: PoolAttrs): Window => ({
  size: window,
  strides,
  dilations: [1, 1],
  before: [padding[0][0], padding[1][0]]
})

/**
 * Calls `visit(position, tap, offset)` for every element of every window of one image that is not padding: `position` is
 * `y * w' + x`, `tap` is `dy * kw + dx`, `offset` where the element's channels begin within the image.
 *
 * @category windows
 * @since 0.1.0
 */
export const forEachTap = (
  image: Shape,
  outH: number,
  outW: number,
  { size, strides, dilations, before }: Window,
  visit: (position: number, tap: number, offset: number) => void
): void => {
  const [, h, w, c] = [image[0]!, image[1]!, image[2]!, image[3]!]
  for (let y = 0; y < outH; y++) {
    for (let x = 0; x < outW; x++) {
      for (let dy = 0; dy < size[0]; dy++) {
        const row = y * strides[0] - before[0] + dy * dilations[0]
        if (row < 0 || row >= h) continue
        for (let dx = 0; dx < size[1]; dx++) {
          const column = x * strides[1] - before[1] + dx * dilations[1]
          if (column >= 0 && column < w) visit(y * outW + x, dy * size[1] + dx, (row * w + column) * c)
        }
      }
    }
  }
}

/** The matrix of windows `[h' * w', k]` of image `n`; padding is 0. */
const windowsOf = (x: Float32Array, image: Shape, n: number, outH: number, outW: number, window: Window, out: Float32Array): void => {
  const c = image[3]!
  const k = window.size[0] * window.size[1] * c
  const start = n * image[1]! * image[2]! * c
  out.fill(0)
  forEachTap(image, outH, outW, window, (position, tap, offset) => {
    const to = position * k + tap * c
    for (let i = 0; i < c; i++) out[to + i] = x[start + offset + i]!
  })
}

// The type rules have seen to it that all of these are float32: `data as Float32Array` below.

/** @category rules @since 0.1.0 */
export const conv2d = (x: Tensor, filter: Tensor, attrs: ConvAttrs, shape: Shape): Float32Array => {
  const window = convWindow(filter.shape, attrs)
  const [n, outH, outW, o] = [shape[0]!, shape[1]!, shape[2]!, shape[3]!]
  const k = sizeOf(filter.shape.slice(0, 3))
  const weights = transposed(filter.data as Float32Array, 0, k, o, new Float32Array(k * o))
  const windows = new Float32Array(outH * outW * k)
  const out = new Float32Array(sizeOf(shape))
  for (let i = 0; i < n; i++) {
    windowsOf(x.data as Float32Array, x.shape, i, outH, outW, window, windows)
    dotRows(windows, 0, weights, 0, out, i * outH * outW * o, outH * outW, o, k)
  }
  return out
}

/** @category rules @since 0.1.0 */
export const conv2dBackpropInput = (dy: Tensor, filter: Tensor, attrs: ConvAttrs, inputShape: Shape): Float32Array => {
  const window = convWindow(filter.shape, attrs)
  const [n, outH, outW, o] = [dy.shape[0]!, dy.shape[1]!, dy.shape[2]!, dy.shape[3]!]
  const c = inputShape[3]!
  const k = sizeOf(filter.shape.slice(0, 3))
  const perImage = sizeOf(inputShape.slice(1))
  const windows = new Float64Array(outH * outW * k)
  const image = new Float64Array(perImage)
  const out = new Float32Array(n * perImage)
  for (let i = 0; i < n; i++) {
    dotRows(dy.data as Float32Array, i * outH * outW * o, filter.data as Float32Array, 0, windows, 0, outH * outW, k, o)
    image.fill(0)
    forEachTap(inputShape, outH, outW, window, (position, tap, offset) => {
      const from = position * k + tap * c
      for (let j = 0; j < c; j++) image[offset + j]! += windows[from + j]!
    })
    out.set(image, i * perImage)
  }
  return out
}

/** @category rules @since 0.1.0 */
export const conv2dBackpropFilter = (x: Tensor, dy: Tensor, attrs: ConvAttrs, filterShape: Shape): Float32Array => {
  const window = convWindow(filterShape, attrs)
  const [n, outH, outW, o] = [dy.shape[0]!, dy.shape[1]!, dy.shape[2]!, dy.shape[3]!]
  const positions = outH * outW
  const k = sizeOf(filterShape.slice(0, 3))
  const windows = new Float32Array(positions * k)
  const windowsT = new Float32Array(positions * k)
  const dyT = new Float32Array(positions * o)
  const total = new Float64Array(k * o)
  for (let i = 0; i < n; i++) {
    windowsOf(x.data as Float32Array, x.shape, i, outH, outW, window, windows)
    transposed(windows, 0, positions, k, windowsT)
    transposed(dy.data as Float32Array, i * positions * o, positions, o, dyT)
    dotRows(windowsT, 0, dyT, 0, total, 0, k, o, positions, true)
  }
  return Float32Array.from(total)
}

/** Where each window's first largest element is, as an offset into `x`; -1 for none (all NaN or negative infinity). */
const maxPositions = (x: Tensor, attrs: PoolAttrs, shape: Shape): Int32Array => {
  const [n, outH, outW, c] = [shape[0]!, shape[1]!, shape[2]!, shape[3]!]
  const best = new Float32Array(sizeOf(shape)).fill(-Infinity)
  const at = new Int32Array(best.length).fill(-1)
  const perImage = sizeOf(x.shape.slice(1))
  for (let i = 0; i < n; i++) {
    forEachTap(x.shape, outH, outW, poolWindow(attrs), (position, _, offset) => {
      const to = (i * outH * outW + position) * c
      const from = i * perImage + offset
      for (let j = 0; j < c; j++) {
        const value = x.data[from + j]!
        if (value > best[to + j]!) {
          best[to + j] = value
          at[to + j] = from + j
        }
      }
    })
  }
  return at
}

/** A NaN is never the largest, as in tfjs; a window of nothing else gives negative infinity. @category rules @since 0.1.0 */
export const maxPool = (x: Tensor, attrs: PoolAttrs, shape: Shape): Float32Array => {
  const at = maxPositions(x, attrs, shape)
  const out = new Float32Array(at.length)
  for (let i = 0; i < at.length; i++) out[i] = at[i]! < 0 ? -Infinity : x.data[at[i]!]!
  return out
}

/** @category rules @since 0.1.0 */
export const maxPoolGrad = (dy: Tensor, x: Tensor, attrs: PoolAttrs): Float32Array => {
  const at = maxPositions(x, attrs, dy.shape)
  const total = new Float64Array(x.data.length)
  for (let i = 0; i < at.length; i++) if (at[i]! >= 0) total[at[i]!]! += dy.data[i]!
  return Float32Array.from(total)
}

const avgCounts = (image: Shape, attrs: PoolAttrs, shape: Shape): Int32Array => {
  const counts = new Int32Array(shape[1]! * shape[2]!)
  forEachTap(image, shape[1]!, shape[2]!, poolWindow(attrs), (position) => {
    counts[position]!++
  })
  return counts
}

/** @category rules @since 0.1.0 */
export const avgPool = (x: Tensor, attrs: PoolAttrs, shape: Shape): Float32Array => {
  const [n, outH, outW, c] = [shape[0]!, shape[1]!, shape[2]!, shape[3]!]
  const counts = avgCounts(x.shape, attrs, shape)
  const total = new Float64Array(sizeOf(shape))
  const perImage = sizeOf(x.shape.slice(1))
  for (let i = 0; i < n; i++) {
    forEachTap(x.shape, outH, outW, poolWindow(attrs), (position, _, offset) => {
      const to = (i * outH * outW + position) * c
      for (let j = 0; j < c; j++) total[to + j]! += x.data[i * perImage + offset + j]!
    })
  }
  for (let i = 0; i < total.length; i++) total[i]! /= counts[Math.floor(i / c) % counts.length]!
  return Float32Array.from(total)
}

/** @category rules @since 0.1.0 */
export const avgPoolGrad = (dy: Tensor, attrs: PoolAttrs, inputShape: Shape): Float32Array => {
  const [n, outH, outW, c] = [dy.shape[0]!, dy.shape[1]!, dy.shape[2]!, dy.shape[3]!]
  const counts = avgCounts(inputShape, attrs, dy.shape)
  const total = new Float64Array(sizeOf(inputShape))
  const perImage = sizeOf(inputShape.slice(1))
  for (let i = 0; i < n; i++) {
    forEachTap(inputShape, outH, outW, poolWindow(attrs), (position, _, offset) => {
      const from = (i * outH * outW + position) * c
      for (let j = 0; j < c; j++) total[i * perImage + offset + j]! += dy.data[from + j]! / counts[position]!
    })
  }
  return Float32Array.from(total)
}

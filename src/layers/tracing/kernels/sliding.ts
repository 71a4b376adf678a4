/**
 * Windows whose elements are looked at one by one: grey dilation, and pooling that tells the places of its maxima.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import type { NodeId } from "../../../domain/graph/Graph.ts"
import { type Emit, wider } from "../Emit.ts"
import { kernel, type Kernel, type X } from "./kernel.ts"
import { every, padAxis, spread } from "./place.ts"

type Extents = [number, number, number, number]
type Pair = [number, number]

/** One spatial axis of a window. */
interface Along {
  readonly axis: 1 | 2
  readonly window: number
  readonly positions: number
  readonly stride: number
  readonly dilation: number
  readonly before: number
  readonly extent: number
}

/** Rows and columns. */
type Window = readonly [Along, Along]

type ConvInfo = ReturnType<typeof tf.backend_util.computeConv2DInfo>

const windowOf = (info: ConvInfo): Window => [
  {
    axis: 1,
    window: info.filterHeight,
    positions: info.outHeight,
    stride: info.strideHeight,
    dilation: info.dilationHeight,
    before: info.padInfo.top,
    extent: info.inHeight
  },
  {
    axis: 2,
    window: info.filterWidth,
    positions: info.outWidth,
    stride: info.strideWidth,
    dilation: info.dilationWidth,
    before: info.padInfo.left,
    extent: info.inWidth
  }
]

/** Extent that holds the padded image and all that the window reaches. */
const reachOf = ({ positions, stride, window, dilation, before, extent }: Along): number =>
  Math.max(before + extent, (positions - 1) * stride + (window - 1) * dilation + 1)

/** For each place in the window, row by row, what lies there at every position: `[n, h', w', c]`; beyond the image the lowest value. */
const slicesOf = (c: Emit, x: NodeId, [rows, columns]: Window): ReadonlyArray<NodeId> => {
  const lowest = c.dtype(x) === "float32" ? -Infinity : -2147483648
  const pad = (node: NodeId, along: Along) => padAxis(c, node, along.axis, along.before, reachOf(along) - along.before - along.extent, lowest)
  const padded = pad(pad(x, rows), columns)
  const take = (node: NodeId, { axis, positions, stride, dilation }: Along, k: number) => every(c, node, axis, k * dilation, positions, stride)
  return Array.from({ length: rows.window }, (_, i) => take(padded, rows, i)).flatMap((row) =>
    Array.from({ length: columns.window }, (_, j) => take(row, columns, j))
  )
}

/** int32 `[n, h', w', c]`: which of the window's places holds the first largest. */
const winner = (c: Emit, slices: ReadonlyArray<NodeId>): NodeId => {
  const layers = slices.map((x) => c.reshape(x, [1, ...c.shape(x)]))
  return c.add("ArgMax", [c.concat(layers, 0)], { axis: 0 })
}

interface DilationAttrs {
  readonly strides: Pair | number
  readonly pad: "valid" | "same" | number
  readonly dilations: Pair | number
}

interface Dilation {
  readonly window: Window
  /** Image plus filter, at each place. */
  readonly sums: ReadonlyArray<NodeId>
}

const dilation = (c: Emit, x: NodeId, filter: NodeId, a: DilationAttrs): Dilation => {
  const [kh, kw, depth] = c.shape(filter) as readonly [number, number, number] // tfjs has checked the ranks
  const info = tf.backend_util.computeDilation2DInfo(
    [...c.shape(x)] as Extents,
    [kh, kw, depth],
    a.strides,
    a.pad as "valid" | "same", // typed without the numbers that it takes
    "NHWC",
    a.dilations
  )
  const window = windowOf(info)
  const weights = c.reshape(filter, [kh * kw, depth])
  const sums = slicesOf(c, x, window).map((slice, k) => c.add2(slice, c.reshape(c.sliceAxis(weights, 0, k, 1), [depth])))
  return { window, sums }
}

/** `dy` where place `k` holds the maximum, for each `k`. */
const shares = (c: Emit, dy: NodeId, sums: ReadonlyArray<NodeId>): ReadonlyArray<NodeId> => {
  const at = winner(c, sums)
  return sums.map((_, k) => c.select(c.compare("Equal", at, c.scalar("int32", k)), dy, c.like(dy, 0)))
}

const dilationInputGrad = (c: Emit, dy: NodeId, { window, sums }: Dilation): NodeId => {
  const [rows, columns] = window
  const place = (node: NodeId, along: Along, k: number) => spread(c, node, along.axis, k * along.dilation, along.stride, reachOf(along))
  const placed = shares(c, dy, sums).map((share, k) => place(place(share, columns, k % columns.window), rows, Math.floor(k / columns.window)))
  const whole = placed.reduce((sum, x) => c.add2(sum, x))
  return c.sliceAxis(c.sliceAxis(whole, 1, rows.before, rows.extent), 2, columns.before, columns.extent)
}

interface PoolAttrs {
  readonly filterSize: Pair | number
  readonly strides: Pair | number
  readonly pad: "valid" | "same" | number
  readonly includeBatchInIndex?: boolean
}

/** Maxima, and their row-major places in the image (in the batch, when `includeBatchInIndex`). */
const poolWithPlaces = (c: Emit, x: NodeId, a: PoolAttrs): ReadonlyArray<NodeId> => {
  const shape = [...c.shape(x)] as Extents // tfjs has checked the rank
  const [n, h, w, channels] = shape
  const [rows, columns] = windowOf(tf.backend_util.computePool2DInfo(shape, a.filterSize, a.strides, 1, a.pad))
  // as MaxPool does
  const known = c.dtype(x) === "float32" ? c.select(c.add("IsNan", [x], {}), c.fill({ dtype: "float32", shape }, -Infinity), x) : x
  const slices = slicesOf(c, known, [rows, columns])
  const steps = (along: Along, by: number, ...rest: ReadonlyArray<number>) =>
    c.constant(
      Int32Array.from({ length: along.positions }, (_, p) => (p * along.stride - along.before) * by),
      [along.positions, ...rest]
    )
  const count = (extent: number, by: number, ...rest: ReadonlyArray<number>) =>
    c.constant(
      Int32Array.from({ length: extent }, (_, i) => i * by),
      [extent, ...rest]
    )
  const within = Int32Array.from(slices, (_, k) => (Math.floor(k / columns.window) * w + (k % columns.window)) * channels)
  const corner = c.add2(steps(rows, w * channels, 1, 1), steps(columns, channels, 1))
  const inImage = c.add2(corner, count(channels, 1))
  const base = a.includeBatchInIndex === true ? c.add2(inImage, count(n, h * w * channels, 1, 1, 1)) : inImage
  const offset = c.add("Gather", [c.constant(within, [within.length]), winner(c, slices)], { axis: 0 })
  return [slices.reduce((max, slice) => c.arithmetic("Max", max, slice)), c.add2(offset, base)]
}

type DilationInputs = { readonly x: tf.TensorInfo; readonly filter: tf.TensorInfo }

const operands = (c: Emit, { x, filter }: DilationInputs): readonly [NodeId, NodeId] => {
  const [a, b] = [c.numeric(c.of(x)), c.numeric(c.of(filter))]
  const dtype = wider(c.dtype(a), c.dtype(b))
  return [c.cast(a, dtype), c.cast(b, dtype)]
}

export const sliding: ReadonlyArray<Kernel> = [
  kernel<DilationInputs, DilationAttrs>("Dilation2D", (c, inputs, a) =>
    dilation(c, ...operands(c, inputs), a).sums.reduce((max, sum) => c.arithmetic("Max", max, sum))
  ),
  kernel<DilationInputs & { readonly dy: tf.TensorInfo }, DilationAttrs>("Dilation2DBackpropInput", (c, inputs, a) =>
    dilationInputGrad(c, c.of(inputs.dy), dilation(c, ...operands(c, inputs), a))
  ),
  kernel<DilationInputs & { readonly dy: tf.TensorInfo }, DilationAttrs>("Dilation2DBackpropFilter", (c, inputs, a) => {
    const { sums } = dilation(c, ...operands(c, inputs), a)
    const each = shares(c, c.of(inputs.dy), sums).map((share) => c.reduce("ReduceSum", share, [0, 1, 2]))
    return c.reshape(c.concat(each, 0), inputs.filter.shape)
  }),
  kernel<X, PoolAttrs>("MaxPoolWithArgmax", (c, { x }, a) => poolWithPlaces(c, c.numeric(c.of(x)), a))
]

/**
 * Convolutions and poolings of volumes, by those of images. Letters: n batch, d h w depth, height and width, c channels; a volume
 * is NDHWC, a filter DHWIO.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import type { NodeId } from "../../../domain/graph/Graph.ts"
import type { ConvAttrs, PoolAttrs } from "../../../domain/graph/ops.ts"
import type { Emit } from "../Emit.ts"
import { kernel, type Kernel, type X } from "./kernel.ts"
import { every, padAxis, spread } from "./place.ts"

type Extents = [number, number, number, number, number]
type Triple = [number, number, number]
type Pad = "valid" | "same" | number

/** The cast: tfjs has checked the rank. */
const extents = (shape: ReadonlyArray<number>) => [...shape] as Extents

interface ConvVolumeAttrs {
  readonly strides: Triple | number
  readonly pad: "valid" | "same"
  readonly dilations?: Triple | number
}

/** The window along the depth, and the one of each image. */
interface Depthwise {
  readonly positions: number
  readonly stride: number
  readonly dilation: number
  readonly before: number
  readonly after: number
  readonly image: ConvAttrs
}

const conv = (x: Extents, filter: Extents, a: ConvVolumeAttrs): Depthwise => {
  const info = tf.backend_util.computeConv3DInfo(x, filter, a.strides, a.dilations ?? 1, a.pad)
  const { front, back, top, bottom, left, right } = info.padInfo
  return {
    positions: info.outDepth,
    stride: info.strideDepth,
    dilation: info.dilationDepth,
    before: front,
    after: back,
    image: {
      strides: [info.strideHeight, info.strideWidth],
      padding: [
        [top, bottom],
        [left, right]
      ],
      dilations: [info.dilationHeight, info.dilationWidth]
    }
  }
}

/** The images under each depth position of the window, side by side as channels: `[n * positions, h, w, window * c]`. */
const stacked = (c: Emit, x: NodeId, window: number, { positions, stride, dilation, before, after }: Depthwise): NodeId => {
  const [n, , h, w, channels] = extents(c.shape(x))
  const padded = padAxis(c, x, 1, before, after, 0)
  const slices = Array.from({ length: window }, (_, k) => every(c, padded, 1, k * dilation, positions, stride))
  return c.reshape(c.concat(slices, 4), [n * positions, h, w, window * channels])
}

/** `[d, h, w, in, out]` to the filter of such images. */
const flatFilter = (c: Emit, filter: NodeId): NodeId => {
  const [d, h, w, inner, outer] = extents(c.shape(filter))
  return c.reshape(c.transpose(filter, [1, 2, 0, 3, 4]), [h, w, d * inner, outer])
}

const flatImages = (c: Emit, dy: NodeId): NodeId => {
  const [n, d, h, w, channels] = extents(c.shape(dy))
  return c.reshape(dy, [n * d, h, w, channels])
}

const conv3d = (c: Emit, x: NodeId, filter: NodeId, a: ConvVolumeAttrs): NodeId => {
  const shape = extents(c.shape(x))
  const window = extents(c.shape(filter))
  const along = conv(shape, window, a)
  const y = c.add("Conv2D", [stacked(c, x, window[0], along), flatFilter(c, filter)], along.image)
  return c.reshape(y, [shape[0], along.positions, ...c.shape(y).slice(1)])
}

const inputGrad = (c: Emit, dy: NodeId, filter: NodeId, a: ConvVolumeAttrs, inputShape: Extents): NodeId => {
  const window = extents(c.shape(filter))
  const along = conv(inputShape, window, a)
  const { positions, stride, dilation, before, after, image } = along
  const [n, d, h, w, channels] = inputShape
  const shape = [n * positions, h, w, window[0] * channels]
  const gradient = c.add("Conv2DBackpropInput", [flatImages(c, dy), flatFilter(c, filter)], { ...image, inputShape: shape })
  const images = c.reshape(gradient, [n, positions, h, w, window[0] * channels])
  const placed = Array.from({ length: window[0] }, (_, k) =>
    spread(c, c.sliceAxis(images, 4, k * channels, channels), 1, k * dilation, stride, before + d + after)
  )
  return c.sliceAxis(
    placed.reduce((sum, x) => c.add2(sum, x)),
    1,
    before,
    d
  )
}

const filterGrad = (c: Emit, x: NodeId, dy: NodeId, a: ConvVolumeAttrs, filterShape: Extents): NodeId => {
  const along = conv(extents(c.shape(x)), filterShape, a)
  const [d, h, w, inner, outer] = filterShape
  const gradient = c.add("Conv2DBackpropFilter", [stacked(c, x, d, along), flatImages(c, dy)], {
    ...along.image,
    filterShape: [h, w, d * inner, outer]
  })
  return c.transpose(c.reshape(gradient, [h, w, d, inner, outer]), [2, 0, 1, 3, 4])
}

interface PoolVolumeAttrs {
  readonly filterSize: Triple | number
  readonly strides: Triple | number
  readonly pad: Pad
  readonly dimRoundingMode?: "floor" | "round" | "ceil"
}

/** Pooling a box is pooling each image and then, along the depth, what came out: both maxima and means allow it. */
const pools = (x: Extents, a: PoolVolumeAttrs): { readonly image: PoolAttrs; readonly depth: PoolAttrs } => {
  const info = tf.backend_util.computePool3DInfo(x, a.filterSize, a.strides, 1, a.pad, a.dimRoundingMode)
  const { front, back, top, bottom, left, right } = info.padInfo
  return {
    image: {
      window: [info.filterHeight, info.filterWidth],
      strides: [info.strideHeight, info.strideWidth],
      padding: [
        [top, bottom],
        [left, right]
      ]
    },
    depth: {
      window: [info.filterDepth, 1],
      strides: [info.strideDepth, 1],
      padding: [
        [front, back],
        [0, 0]
      ]
    }
  }
}

/** The shapes on the way: images `[n * d, h, w, c]`, pooled images `[n * d, h', w', c]`, those as columns `[n, d, h' * w', c]`. */
const pool = (c: Emit, op: "MaxPool" | "AvgPool", x: NodeId, a: PoolVolumeAttrs) => {
  const [n, d, h, w, channels] = extents(c.shape(x))
  const attrs = pools([n, d, h, w, channels], a)
  const images = c.reshape(x, [n * d, h, w, channels])
  const pooled = c.add(op, [images], attrs.image)
  const [, h2, w2] = c.shape(pooled) as readonly [number, number, number, number] // images in, images out
  const columns = c.reshape(pooled, [n, d, h2 * w2, channels])
  const y = c.add(op, [columns], attrs.depth)
  return { attrs, images, pooled, columns, y, shape: [n, c.shape(y)[1]!, h2, w2, channels] }
}

const maxPoolGrad = (c: Emit, dy: NodeId, x: NodeId, a: PoolVolumeAttrs): NodeId => {
  const { attrs, images, pooled, columns, y } = pool(c, "MaxPool", x, a)
  const inner = c.add("MaxPoolGrad", [c.reshape(dy, c.shape(y)), columns, y], attrs.depth)
  return c.reshape(c.add("MaxPoolGrad", [c.reshape(inner, c.shape(pooled)), images, pooled], attrs.image), c.shape(x))
}

const avgPoolGrad = (c: Emit, dy: NodeId, x: NodeId, a: PoolVolumeAttrs): NodeId => {
  const { attrs, images, pooled, columns, y } = pool(c, "AvgPool", x, a)
  const inner = c.add("AvgPoolGrad", [c.reshape(dy, c.shape(y))], { ...attrs.depth, inputShape: c.shape(columns) })
  const outer = c.add("AvgPoolGrad", [c.reshape(inner, c.shape(pooled))], { ...attrs.image, inputShape: c.shape(images) })
  return c.reshape(outer, c.shape(x))
}

/** 1 at the positions where a window lies in the padding altogether, of `extent` elements with a window of `size` every `stride`. */
const inPadding = (positions: number, extent: number, size: number, stride: number, before: number): ReadonlyArray<boolean> =>
  Array.from({ length: positions }, (_, i) => i * stride - before + size <= 0 || i * stride - before >= extent)

/** Mean of boxes; of one that lies in the padding altogether it is 0, as tfjs has it for boxes (for images it has NaN). */
const meanPool = (c: Emit, x: NodeId, a: PoolVolumeAttrs): NodeId => {
  const [, d, h, w] = extents(c.shape(x))
  const { attrs, y, shape } = pool(c, "AvgPool", x, a)
  const { image, depth } = attrs
  const [frames, rows, columns] = [
    inPadding(shape[1]!, d, depth.window[0], depth.strides[0], depth.padding[0][0]),
    inPadding(shape[2]!, h, image.window[0], image.strides[0], image.padding[0][0]),
    inPadding(shape[3]!, w, image.window[1], image.strides[1], image.padding[1][0])
  ]
  const mean = c.reshape(y, shape)
  if (![frames, rows, columns].some((axis) => axis.includes(true))) return mean
  const empty = frames.flatMap((f) => rows.flatMap((r) => columns.map((k) => (f || r || k ? 1 : 0))))
  return c.select(c.constant(Uint8Array.from(empty), [1, frames.length, rows.length, columns.length, 1]), c.like(mean, 0), mean)
}

/** tfjs gives no elements where the window is larger than the image. */
const withoutRoom = (c: Emit, x: NodeId, a: PoolVolumeAttrs): NodeId | undefined => {
  const { outShape } = tf.backend_util.computePool3DInfo(extents(c.shape(x)), a.filterSize, a.strides, 1, a.pad, a.dimRoundingMode)
  return outShape.includes(0) ? c.fill({ dtype: "float32", shape: outShape }, 0) : undefined
}

type GradInputs = { readonly dy: tf.TensorInfo; readonly input: tf.TensorInfo }

export const volumes: ReadonlyArray<Kernel> = [
  kernel<{ readonly x: tf.TensorInfo; readonly filter: tf.TensorInfo }, ConvVolumeAttrs>("Conv3D", (c, { x, filter }, a) =>
    conv3d(c, c.float(c.of(x)), c.float(c.of(filter)), a)
  ),
  kernel<{ readonly dy: tf.TensorInfo; readonly filter: tf.TensorInfo }, ConvVolumeAttrs & { readonly inputShape: ReadonlyArray<number> }>(
    "Conv3DBackpropInputV2",
    (c, { dy, filter }, a) => inputGrad(c, c.of(dy), c.float(c.of(filter)), a, extents(a.inputShape))
  ),
  kernel<{ readonly x: tf.TensorInfo; readonly dy: tf.TensorInfo }, ConvVolumeAttrs & { readonly filterShape: ReadonlyArray<number> }>(
    "Conv3DBackpropFilterV2",
    (c, { x, dy }, a) => filterGrad(c, c.float(c.of(x)), c.of(dy), a, extents(a.filterShape))
  ),
  kernel<X, PoolVolumeAttrs>("MaxPool3D", (c, { x }, a) => {
    const node = c.float(c.of(x))
    const none = withoutRoom(c, node, a)
    if (none !== undefined) return none
    const { y, shape } = pool(c, "MaxPool", node, a)
    return c.reshape(y, shape)
  }),
  kernel<X, PoolVolumeAttrs>("AvgPool3D", (c, { x }, a) => {
    const node = c.float(c.of(x))
    return withoutRoom(c, node, a) ?? meanPool(c, node, a)
  }),
  kernel<GradInputs, PoolVolumeAttrs>("MaxPool3DGrad", (c, { dy, input }, a) => maxPoolGrad(c, c.of(dy), c.float(c.of(input)), a)),
  kernel<GradInputs, PoolVolumeAttrs>("AvgPool3DGrad", (c, { dy, input }, a) => avgPoolGrad(c, c.of(dy), c.float(c.of(input)), a))
]

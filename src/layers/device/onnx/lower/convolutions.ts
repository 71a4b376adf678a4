/**
 * Lowering of convolutions and their gradients. The graph has images as NHWC and filters as HWIO.
 *
 * Forward, and backward to the image where nothing strides: MLAS's kernels for blocked channels, where the processor has them.
 * Gradients of filters, and those of strided images: matrix products of shifted views, which need no other layout at all. Measured
 * against ONNX's own Conv and ConvTranspose on NCHW, which remain for the rest: `docs/performance.md`.
 *
 * Letters: n batch, h w height and width, i o channels in and out.
 *
 * @since 0.1.0
 */
import type { NodeOf } from "../../../../domain/graph/Graph.ts"
import type { ConvAttrs, Padding2d } from "../../../../domain/graph/ops.ts"
import { sizeOf } from "../../../../domain/Tensor.ts"
import { type Value, whole } from "../../hosted/lower/Values.ts"
import type { Emitter } from "./Emitter.ts"
import {
  both,
  concat,
  convAttributes,
  count,
  type Extents,
  extents,
  operandExtents,
  outputPadding,
  padded,
  reachOf,
  strided,
  toChannelsFirst,
  toChannelsLast
} from "./images.ts"

const nchwc = "com.microsoft.nchwc"

/**
 * What the windows of each row of the filter see, as matrices `[n h w, filter's width * i]`: the image's columns are laid side by
 * side once, and rows are shifts of that.
 */
const windowRows = (e: Emitter, x: string, [n, h, w, i]: Extents, filter: Extents, out: Extents, attrs: ConvAttrs): ReadonlyArray<string> => {
  const { strides, padding, dilations } = attrs
  const [height, width] = [h + padding[0][0] + padding[0][1], w + padding[1][0] + padding[1][1]]
  const image = padded(e, x, padding)
  const columns = count(filter[1]).map((k) => strided(e, image, 2, width, k * dilations[1], out[2], strides[1]))
  const wide = concat(e, columns, 3)
  return count(filter[0]).map((k) =>
    e.reshape(strided(e, wide, 1, height, k * dilations[0], out[1], strides[0]), [n * out[1] * out[2], filter[1] * i])
  )
}

/** The convolution as a product of all windows with the filter as it is. */
const convByProduct = (e: Emitter, node: NodeOf<"Conv2D">): string => {
  const [x, filter] = operandExtents(e, node)
  const rows = windowRows(e, e.full(node.inputs[0]!), x, filter, extents(node.type.shape), node.attrs)
  const matrix = e.reshape(e.full(node.inputs[1]!), [filter[0] * filter[1] * filter[2], filter[3]])
  return e.reshape(e.emit("Gemm", [concat(e, rows, 1), matrix]), node.type.shape)
}

/** A filter in the kernels' layout: `[o / block, i / block, h w, block of i, block of o]`, or `[o / block, i, h w, block]` for few `i`. */
const blockedFilter = (e: Emitter, filter: string, [h, w, i, o]: Extents): string => {
  const inner = i < e.channelBlock ? 1 : e.channelBlock
  const rows = e.transpose(e.reshape(filter, [h * w, i / inner, inner * o]), [1, 0, 2])
  return e.reshape(e.emit("ReorderInput", [e.reshape(rows, [1, h * w * i, 1, o])], { channels_last: 1 }, nchwc), [o, i, h, w])
}

/** The same of the filter that takes gradients back: turned by half a turn, `i` and `o` exchanged. */
const blockedTurnedFilter = (e: Emitter, filter: string, [h, w, i, o]: Extents): string => {
  const block = e.channelBlock
  const turned = e.emit("Gather", [e.reshape(filter, [h * w, i, o, 1]), e.int64(count(h * w).reverse())], { axis: 0 })
  const blocks = e.emit("ReorderInput", [turned], {}, nchwc) // [h w, i / block, o, block of i]
  return e.reshape(e.transpose(e.reshape(blocks, [h * w, i / block, o / block, block * block]), [1, 2, 0, 3]), [i, o, h, w])
}

/** A convolution of an NHWC image by MLAS's kernels for blocked channels; `filter` is in their layout. */
const blockedConv = (e: Emitter, x: string, [n, h, w, i]: Extents, filter: string, o: number, attrs: ConvAttrs): string => {
  // fewer channels than a block are taken as NCHW
  const image = i < e.channelBlock ? (i === 1 ? e.reshape(x, [n, i, h, w]) : e.transpose(x, toChannelsFirst)) : reorder(e, x)
  const y = e.emit("Conv", [image, filter], convAttributes(attrs), nchwc)
  return e.emit("ReorderOutput", [y], { channels: o, channels_last: 1 }, nchwc)
}

const reorder = (e: Emitter, x: string) => e.emit("ReorderInput", [x], { channels_last: 1 }, nchwc)

/** Whether so many channels are whole blocks. */
const isBlocked = (e: Emitter, channels: number) => e.channelBlock > 0 && channels % e.channelBlock === 0

/** A filter is as large as all windows side by side, or larger. */
const hasFewPositions = (image: Extents, channels: number) => image[0] * image[1] * image[2] <= channels

/** Elements of a filter from which bringing it into another layout costs more than laying as many elements of windows side by side. */
const largeFilter = 1 << 21

const isPointwise = (filter: Extents) => filter[0] === 1 && filter[1] === 1

/** @category rules @since 0.1.0 */
export const conv2D = (e: Emitter, node: NodeOf<"Conv2D">): Value => {
  const [x, filter] = operandExtents(e, node)
  const empty = sizeOf(node.type.shape) * sizeOf(filter) === 0
  const layoutCosts = sizeOf(filter) >= largeFilter && hasFewPositions(extents(node.type.shape), filter[3])
  if (!empty && (isPointwise(filter) || layoutCosts)) return whole(convByProduct(e, node), node)
  const [image, weights] = [e.full(node.inputs[0]!), e.full(node.inputs[1]!)]
  if (!empty && isBlocked(e, filter[3]) && (filter[2] < e.channelBlock || isBlocked(e, filter[2])))
    return whole(blockedConv(e, image, x, blockedFilter(e, weights, filter), filter[3], node.attrs), node)
  const y = e.emit("Conv", [e.transpose(image, toChannelsFirst), e.transpose(weights, [3, 2, 0, 1])], convAttributes(node.attrs))
  return whole(e.transpose(y, toChannelsLast), node)
}

/** One axis of a strided gradient: of the image's positions `phase + k * stride`, the filter's taps that reach them and how far `dy` is off. */
interface Phase {
  readonly taps: ReadonlyArray<{ readonly tap: number; readonly offset: number }>
}

const phasesOf = (taps: number, stride: number, dilation: number, before: number): ReadonlyArray<Phase> =>
  count(stride).map((phase) => ({
    taps: count(taps).flatMap((tap) => {
      const offset = (phase + before - tap * dilation) / stride
      return Number.isInteger(offset) ? [{ tap, offset }] : []
    })
  }))

/** Zeros to put around `dy` on one axis so that every phase finds `count` positions at its offsets. */
const marginOf = (phases: ReadonlyArray<Phase>, positions: number, extent: number): readonly [number, number] => {
  const offsets = phases.flatMap(({ taps }) => taps.map(({ offset }) => offset))
  return [Math.max(0, -Math.min(0, ...offsets)), Math.max(0, Math.max(0, ...offsets) + positions - extent)]
}

/**
 * The image's gradient phase by phase: the positions that leave the same rest when divided by the strides get theirs from the same
 * taps, each of which is a product of shifted `dy` with one matrix of the filter.
 */
const inputGradientByProducts = (e: Emitter, node: NodeOf<"Conv2DBackpropInput">): string => {
  const { inputShape, strides, padding, dilations } = node.attrs
  const [n, h, w, i] = extents(inputShape)
  const [dy, filter] = operandExtents(e, node)
  const o = filter[3]
  const phases = both((a) => phasesOf(filter[a], strides[a], dilations[a], padding[a][0]))
  const positions = both((a) => Math.ceil(inputShape[1 + a]! / strides[a])) // of each phase
  const margins = both((a) => marginOf(phases[a], positions[a], dy[1 + a]!))
  const around = padded(e, e.full(node.inputs[0]!), margins)
  const [height, width] = both((a) => dy[1 + a]! + margins[a][0] + margins[a][1])
  const matrices = e.reshape(e.full(node.inputs[1]!), [filter[0] * filter[1], i, o])
  const area = n * positions[0] * positions[1]
  const product = (row: Phase, column: Phase): string => {
    let sum: string | undefined
    for (const r of row.taps) {
      const rows = strided(e, around, 1, height, r.offset + margins[0][0], positions[0], 1)
      for (const c of column.taps) {
        const view = e.reshape(strided(e, rows, 2, width, c.offset + margins[1][0], positions[1], 1), [area, o])
        const tap = e.reshape(strided(e, matrices, 0, filter[0] * filter[1], r.tap * filter[1] + c.tap, 1, 1), [i, o])
        sum = e.emit("Gemm", sum === undefined ? [view, tap] : [view, tap, sum], { transB: 1 })
      }
    }
    return sum ?? e.expand({ name: e.scalar("float32", 0), shape: [] }, [area, i])
  }
  // phases of the columns lie side by side, then those of the rows
  const rows = phases[0].map((row) => {
    const parts = phases[1].map((column) => product(row, column))
    return e.reshape(concat(e, parts, 1), [n, positions[0], 1, positions[1] * strides[1] * i])
  })
  const [tall, broad] = [positions[0] * strides[0], positions[1] * strides[1]]
  const all = e.reshape(concat(e, rows, 2), [n, tall, broad, i])
  return strided(e, strided(e, all, 1, tall, 0, h, 1), 2, broad, 0, w, 1)
}

/** The padding of the convolution that takes gradients back, where nothing strides; `undefined` where the filter's own exceeds its reach. @category rules @since 0.1.0 */
export const turnedPadding = (dy: Extents, filter: Extents, x: Extents, { padding, dilations }: ConvAttrs): Padding2d | undefined => {
  const pads = both((a) => {
    const before = (filter[a] - 1) * dilations[a] - padding[a][0]
    return [before, x[1 + a]! - dy[1 + a]! + (filter[a] - 1) * dilations[a] - before] as const
  })
  return pads.every(([before, after]) => before >= 0 && after >= 0) ? pads : undefined
}

/** @category rules @since 0.1.0 */
export const conv2DBackpropInput = (e: Emitter, node: NodeOf<"Conv2DBackpropInput">): Value => {
  const { inputShape, strides, dilations } = node.attrs
  const [dy, filter] = operandExtents(e, node)
  const empty = sizeOf(inputShape) * sizeOf(dy) * sizeOf(filter) === 0
  const back = turnedPadding(dy, filter, extents(inputShape), node.attrs)
  const strides1 = strides.every((n) => n === 1)
  const byProducts = isPointwise(filter) || !strides1 || hasFewPositions(dy, filter[2])
  if (!empty && byProducts && filter[3] >= fewChannels) return whole(inputGradientByProducts(e, node), node)
  const [image, weights] = [e.full(node.inputs[0]!), e.full(node.inputs[1]!)]
  if (!empty && strides1 && back !== undefined && isBlocked(e, filter[2]) && isBlocked(e, filter[3])) {
    const turned = blockedTurnedFilter(e, weights, filter)
    return whole(blockedConv(e, image, dy, turned, filter[2], { strides, dilations, padding: back }), node)
  }
  const output_padding = outputPadding(inputShape, dy, reachOf(filter, node.attrs), node.attrs)
  const operands = [e.transpose(image, toChannelsFirst), e.transpose(weights, [3, 2, 0, 1])]
  return whole(e.transpose(e.emit("ConvTranspose", operands, { ...convAttributes(node.attrs), output_padding }), toChannelsLast), node)
}

/** Channels below which a product has so narrow a side that ONNX's own convolutions are faster. */
const fewChannels = 16

/** Columns of a matrix of windows from which one product for each of the filter's rows is faster than one for all. */
const wideRows = 96

/** Products of what the windows see with `dy`, one for each row of the filter, or one for all where those would be narrow. @category rules @since 0.1.0 */
export const conv2DBackpropFilter = (e: Emitter, node: NodeOf<"Conv2DBackpropFilter">): Value => {
  const filter = extents(node.attrs.filterShape)
  const [x, dy] = operandExtents(e, node)
  if (sizeOf(x) * sizeOf(dy) * sizeOf(filter) === 0) return { name: e.scalar("float32", 0), shape: [] }
  const rows = windowRows(e, e.full(node.inputs[0]!), x, filter, dy, node.attrs)
  const gradient = e.reshape(e.full(node.inputs[1]!), [dy[0] * dy[1] * dy[2], dy[3]])
  const matrices = filter[1] * filter[2] >= wideRows ? rows : [concat(e, rows, 1)]
  const parts = matrices.map((matrix) => e.emit("Gemm", [matrix, gradient], { transA: 1 }))
  return whole(e.reshape(concat(e, parts, 0), filter), node)
}

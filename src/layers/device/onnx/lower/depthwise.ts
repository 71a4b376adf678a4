/**
 * Lowering of convolutions by channel (`depthwise`), and their gradients: ONNX's own with as many groups as channels, and
 * for the filter's gradient sums of products with shifted images, which need no other layout.
 *
 * @since 0.1.0
 */
import type { NodeOf } from "../../../../domain/graph/Graph.ts"
import type { ConvAttrs } from "../../../../domain/graph/ops.ts"
import { sizeOf } from "../../../../domain/Tensor.ts"
import { turnedPadding } from "./convolutions.ts"
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

/** `[h, w, n, m]` as ONNX has filters of `n` groups. */
const grouped = (e: Emitter, filter: string, [h, w, n, m]: Extents): string => e.reshape(e.transpose(filter, [2, 3, 0, 1]), [n * m, 1, h, w])

const conv = (e: Emitter, x: string, filter: string, groups: number, attrs: ConvAttrs): string =>
  e.transpose(e.emit("Conv", [e.transpose(x, toChannelsFirst), filter], { ...convAttributes(attrs), group: groups }), toChannelsLast)

/** @category rules @since 0.1.0 */
export const depthwise = (e: Emitter, node: NodeOf<"Conv2D">): Value => {
  const [, filter] = operandExtents(e, node)
  if (sizeOf(node.type.shape) === 0) return { name: e.scalar("float32", 0), shape: [] }
  return whole(conv(e, e.full(node.inputs[0]!), grouped(e, e.full(node.inputs[1]!), filter), filter[2], node.attrs), node)
}

/** Turned by half a turn. */
const turned = (e: Emitter, filter: string, [h, w, n, m]: Extents): string => {
  const taps = e.emit("Gather", [e.reshape(filter, [h * w, n, m]), e.int64(count(h * w).reverse())], { axis: 0 })
  return e.reshape(taps, [h, w, n, m])
}

/** @category rules @since 0.1.0 */
export const depthwiseBackpropInput = (e: Emitter, node: NodeOf<"Conv2DBackpropInput">): Value => {
  const { inputShape, strides, dilations } = node.attrs
  const [dy, filter] = operandExtents(e, node)
  if (sizeOf(inputShape) * sizeOf(dy) === 0) return { name: e.scalar("float32", 0), shape: [] }
  const [image, weights] = [e.full(node.inputs[0]!), e.full(node.inputs[1]!)]
  const back = turnedPadding(dy, filter, extents(inputShape), node.attrs)
  if (filter[3] === 1 && strides.every((n) => n === 1) && back !== undefined)
    return whole(conv(e, image, grouped(e, turned(e, weights, filter), filter), filter[2], { strides, dilations, padding: back }), node)
  const output_padding = outputPadding(inputShape, dy, reachOf(filter, node.attrs), node.attrs)
  const attributes = { ...convAttributes(node.attrs), output_padding, group: filter[2] }
  const spread = e.emit("ConvTranspose", [e.transpose(image, toChannelsFirst), grouped(e, weights, filter)], attributes)
  return whole(e.transpose(spread, toChannelsLast), node)
}

/** @category rules @since 0.1.0 */
export const depthwiseBackpropFilter = (e: Emitter, node: NodeOf<"Conv2DBackpropFilter">): Value => {
  const { padding, strides, dilations } = node.attrs
  const filter = extents(node.attrs.filterShape)
  const [x, dy] = operandExtents(e, node)
  if (sizeOf(x) * sizeOf(dy) * sizeOf(filter) === 0) return { name: e.scalar("float32", 0), shape: [] }
  const [n, m] = [filter[2], filter[3]]
  const [height, width] = both((a) => x[1 + a]! + padding[a][0] + padding[a][1])
  const image = padded(e, e.full(node.inputs[0]!), padding)
  const area = dy[0] * dy[1] * dy[2]
  const gradient = e.reshape(e.full(node.inputs[1]!), m === 1 ? [area, n] : [area, n, m])
  const taps = count(filter[0]).flatMap((r) => {
    const rows = strided(e, image, 1, height, r * dilations[0], dy[1], strides[0])
    return count(filter[1]).map((k) => {
      const view = e.reshape(strided(e, rows, 2, width, k * dilations[1], dy[2], strides[1]), m === 1 ? [area, n] : [area, n, 1])
      const products = e.reshape(e.emit("Mul", [view, gradient]), [area, n * m])
      return e.emit("MatMul", [e.ones(area), products]) // sums of columns
    })
  })
  return whole(e.reshape(concat(e, taps, 0), filter), node)
}

/**
 * Lowering of pooling. The graph has images as NHWC, ONNX as NCHW; ONNX Runtime cancels transposes that meet.
 *
 * @since 0.1.0
 */
import type { NodeOf } from "../../../../domain/graph/Graph.ts"
import type { PoolAttrs } from "../../../../domain/graph/ops.ts"
import { sizeOf } from "../../../../domain/Tensor.ts"
import { covered } from "../../hosted/lower/shapes.ts"
import { type Value, whole } from "../../hosted/lower/Values.ts"
import type { Emitter } from "./Emitter.ts"
import { both, extents, type Extents, outputPadding, padsOf, toChannelsFirst, toChannelsLast } from "./images.ts"
import type { Rules } from "./rule.ts"
import { isTiling, maxOfTiles, maxOfTilesGrad, meanOfTilesGrad } from "./tiles.ts"

const poolAttributes = ({ window, strides, padding }: PoolAttrs) => ({ kernel_shape: window, strides, pads: padsOf(padding) })

const image = (e: Emitter, node: { readonly inputs: ReadonlyArray<number> }, i: number) => e.transpose(e.full(node.inputs[i]!), toChannelsFirst)

const maxPool = (e: Emitter, x: string, attrs: PoolAttrs, indices: boolean) =>
  e.emitAll("MaxPool", [x], { attributes: poolAttributes(attrs), outputs: indices ? 2 : 1 })

/** The pool's own indices (of the first largest element, into the whole NCHW tensor) say where `dy` goes. */
const maxPoolGrad = (e: Emitter, node: NodeOf<"MaxPoolGrad">): Value => {
  if (isTiling(node.attrs)) return whole(maxOfTilesGrad(e, node), node)
  const [n, h, w, c] = extents(node.type.shape)
  const count = sizeOf(e.at(node.inputs[0]!).type.shape)
  const indices = maxPool(e, image(e, node, 1), node.attrs, true)[1]!
  const { window, strides } = node.attrs
  if (strides[0] >= window[0] && strides[1] >= window[1]) {
    // no two windows share an element: nothing is to be added up
    const unpooled = e.emit("MaxUnpool", [image(e, node, 0), indices, e.int64([n, c, h, w])], poolAttributes(node.attrs))
    return whole(e.transpose(unpooled, toChannelsLast), node)
  }
  const zeros = e.emit("Expand", [e.scalar("float32", 0), e.int64([n * c * h * w])])
  const updates = e.reshape(image(e, node, 0), [count])
  const scattered = e.emitAll("ScatterElements", [zeros, e.reshape(indices, [count]), updates], { attributes: { axis: 0, reduction: "add" } })[0]!
  return whole(e.transpose(e.reshape(scattered, [n, c, h, w]), toChannelsLast), node)
}

/** Each mean's gradient divided by its count, spread by a transposed convolution with ones, one image and channel at a time. */
const avgPoolGrad = (e: Emitter, node: NodeOf<"AvgPoolGrad">): Value => {
  if (isTiling(node.attrs)) return whole(meanOfTilesGrad(e, node), node)
  const { inputShape, window, strides, padding } = node.attrs
  const [n, h, w, c] = extents(inputShape)
  const dy = e.at(node.inputs[0]!).type.shape
  const [rows, columns] = both((a) => covered(inputShape[1 + a]!, dy[1 + a]!, window[a], strides[a], padding[a][0]))
  const shares = Float32Array.from(rows.flatMap((r) => columns.map((k) => (r * k > 0 ? 1 / (r * k) : 0))))
  const share = e.literal("float32", [dy[1]!, dy[2]!], shares)
  const planes = e.reshape(e.emit("Mul", [image(e, node, 0), share]), [n * c, 1, dy[1]!, dy[2]!])
  const ones = e.literal("float32", [1, 1, ...window], new Float32Array(window[0] * window[1]).fill(1))
  const output_padding = outputPadding(inputShape, dy, window, node.attrs)
  const spread = e.emit("ConvTranspose", [planes, ones], { strides, pads: padsOf(padding), output_padding })
  return whole(e.transpose(e.reshape(spread, [n, c, h, w]), toChannelsLast), node)
}

/** ONNX Runtime wants paddings smaller than the window: larger ones are elements of their own then. */
const isWide = ({ window, padding }: PoolAttrs) => padding.some((pads, i) => pads.some((n) => n >= window[i]!))

/** `[n, c, h, w]` with its padding around it. Put together by `Concat`: ONNX Runtime would make `Pad` the pool's own again. */
const padded = (e: Emitter, x: string, [n, h, w, c]: Extents, { padding }: PoolAttrs, value: number): string => {
  const around = (name: string, axis: number, [before, after]: readonly [number, number], shapeOf: (extent: number) => ReadonlyArray<number>) => {
    const part = (extent: number) => (extent === 0 ? [] : [e.expand({ name: e.scalar("float32", value), shape: [] }, shapeOf(extent))])
    return e.emit("Concat", [...part(before), name, ...part(after)], { axis })
  }
  const tall = around(x, 2, padding[0], (extent) => [n, c, extent, w])
  return around(tall, 3, padding[1], (extent) => [n, c, h + padding[0][0] + padding[0][1], extent])
}

const withoutPadding = (attrs: PoolAttrs): PoolAttrs => ({
  ...attrs,
  padding: [
    [0, 0],
    [0, 0]
  ]
})

/** The mean over all elements of a window, zeros of the padding among them, is multiplied to that over those of the image. */
const wideAvgPool = (e: Emitter, node: NodeOf<"AvgPool">): string => {
  const { window, strides, padding } = node.attrs
  const x = extents(e.at(node.inputs[0]!).type.shape)
  const counts = both((a) => covered(x[1 + a]!, node.type.shape[1 + a]!, window[a], strides[a], padding[a][0]))
  const factors = Float32Array.from(counts[0].flatMap((r) => counts[1].map((k) => (window[0] * window[1]) / (r * k))))
  const mean = e.emit("AveragePool", [padded(e, image(e, node, 0), x, node.attrs, 0)], poolAttributes(withoutPadding(node.attrs)))
  return e.emit("Mul", [mean, e.literal("float32", [node.type.shape[1]!, node.type.shape[2]!], factors)])
}

/** @category rules @since 0.1.0 */
export const windowRules = {
  MaxPool: (e, node) => {
    if (isWide(node.attrs)) {
      const x = padded(e, image(e, node, 0), extents(e.at(node.inputs[0]!).type.shape), node.attrs, -Infinity)
      return whole(e.transpose(maxPool(e, x, withoutPadding(node.attrs), false)[0]!, toChannelsLast), node)
    }
    const indices = e.graph.nodes.some((other) => other.op === "MaxPoolGrad" && other.inputs[1] === node.inputs[0])
    if (indices && isTiling(node.attrs)) return whole(maxOfTiles(e, node), node)
    return whole(e.transpose(maxPool(e, image(e, node, 0), node.attrs, indices)[0]!, toChannelsLast), node)
  },
  MaxPoolGrad: maxPoolGrad,
  AvgPool: (e, node) => {
    if (isWide(node.attrs)) return whole(e.transpose(wideAvgPool(e, node), toChannelsLast), node)
    const pooled = e.emit("AveragePool", [image(e, node, 0)], { ...poolAttributes(node.attrs), count_include_pad: 0 })
    return whole(e.transpose(pooled, toChannelsLast), node)
  },
  AvgPoolGrad: avgPoolGrad
} satisfies Rules

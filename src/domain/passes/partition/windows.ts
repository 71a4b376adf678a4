/**
 * Rules of convolution and pooling: each core reads the elements under its windows, of which some lie on its neighbours
 * (the halo). Letters: n batch, h w spatial axes, c channels. Channels of a convolution are gathered, those of a pool stay cut.
 *
 * @since 0.1.0
 */
import type { NodeId } from "../../graph/Graph.ts"
import type { ConvAttrs, Padding2d } from "../../graph/ops.ts"
import type { Shape, TensorType } from "../../Tensor.ts"
import * as Builder from "../../graph/Builder.ts"
import { type CutRule, type CutRules, type Cutter, tiled, type Value } from "./Cutter.ts"
import * as Layout from "./Layout.ts"
import * as spans from "./spans.ts"
import { partials } from "./reductions.ts"

type Axes = readonly [spans.Axis, spans.Axis]
type Spans = readonly [spans.Span, spans.Span]

const channel = 3

const convAxes = (image: Shape, result: Shape, filter: Shape, attrs: ConvAttrs): Axes => spans.axesOf(image, result, filter, attrs, attrs.dilations)

/** The axes that are cut have no window in the padding alone. */
const possible = (axes: Axes, layout: Layout.Layout): boolean => axes.every((axis, i) => !Layout.isCut(layout, 1 + i) || spans.touches(axis))

const withChannels = (layout: Layout.Layout, channels: number): Layout.Layout | undefined =>
  Layout.arrange(layout, [{ from: 0 }, { from: 1 }, { from: 2 }, { size: channels }])

/** A layout of images as one of positions. */
const ofPositions = (axes: Axes, layout: Layout.Layout): Layout.Layout | undefined =>
  Layout.arrange(
    layout,
    layout.sizes.map((parts, i) => (i === 1 || i === 2 ? { from: i, sizes: spans.positionSizes(axes[i - 1]!, parts) } : { from: i }))
  )

/** A layout of positions as one of images. */
const ofElements = (axes: Axes, layout: Layout.Layout): Layout.Layout | undefined =>
  Layout.arrange(
    layout,
    layout.sizes.map((parts, i) =>
      i === 1 || i === 2 ? { from: i, sizes: parts.length === 1 ? [axes[i - 1]!.extent] : spans.elementSizes(axes[i - 1]!, parts) } : { from: i }
    )
  )

const keyOf = (image: Shape, result: Shape) => `${image.slice(0, channel)} ${result.slice(0, channel)}`

/** The block of an image under the spans, in a tile's images and channels. */
const under = (tile: Layout.Block, [rows, columns]: Spans, channels: readonly [start: number, count: number]): Layout.Block => ({
  start: [tile.start[0]!, rows.start, columns.start, channels[0]],
  shape: [tile.shape[0]!, rows.length, columns.length, channels[1]]
})

/** The positions of the spans, likewise. */
const positions = (tile: Layout.Block, [rows, columns]: Spans, channels: readonly [start: number, count: number]): Layout.Block => ({
  start: [tile.start[0]!, rows.first, columns.first, channels[0]],
  shape: [tile.shape[0]!, rows.count, columns.count, channels[1]]
})

const paddingOf = ([rows, columns]: Spans): Padding2d => [rows.padding, columns.padding]

const spansOf = (axes: Axes, tile: Layout.Block): Spans => [
  spans.spanOf(axes[0], tile.start[1]!, tile.shape[1]!),
  spans.spanOf(axes[1], tile.start[2]!, tile.shape[2]!)
]

const conv2D: CutRule<"Conv2D"> = (cx, node, [x, filter]) => {
  const axes = convAxes(x!.type.shape, node.type.shape, filter!.type.shape, node.attrs)
  const layout = x!.layout && Layout.join(x!.layout, [channel])
  if (layout === undefined || !possible(axes, layout)) return undefined
  cx.images.set(keyOf(x!.type.shape, node.type.shape), layout)
  const channels = [0, x!.type.shape[channel]!] as const
  const outer = withChannels(layout, node.type.shape[channel]!)
  return tiled(node.type, outer && ofPositions(axes, outer), (tile) => {
    const own = spansOf(axes, tile)
    const inputs = [cx.read(x!, under(tile, own, channels), tile.core), cx.whole(filter!, tile.core)]
    return cx.add(tile.core, "Conv2D", inputs, { ...node.attrs, padding: paddingOf(own) })
  })
}

const pool: CutRule<"MaxPool" | "AvgPool"> = (cx, node, [x]) => {
  const axes = spans.axesOf(x!.type.shape, node.type.shape, node.attrs.window, node.attrs)
  const { layout } = x!
  if (layout === undefined || !possible(axes, layout)) return undefined
  cx.images.set(keyOf(x!.type.shape, node.type.shape), layout)
  return tiled(node.type, ofPositions(axes, layout), (tile) => {
    const own = spansOf(axes, tile)
    const image = cx.read(x!, under(tile, own, [tile.start[channel]!, tile.shape[channel]!]), tile.core)
    return cx.add(tile.core, node.op, [image], { ...node.attrs, padding: paddingOf(own) })
  })
}

/** Cuts the elements `start …` of a tile out of what the spans cover; where no window reaches there is 0. */
const place = (cx: Cutter, gradient: NodeId, tile: Layout.Tile, own: Spans): NodeId => {
  const { shape } = cx.b.typeOf(gradient)
  const from = [tile.start[0]!, own[0].start, own[1].start, tile.start[channel]!]
  const start = tile.start.map((at, axis) => Math.max(at, from[axis]!))
  const end = tile.start.map((at, axis) => Math.min(at + tile.shape[axis]!, from[axis]! + shape[axis]!))
  const size = end.map((to, axis) => to - start[axis]!)
  const kept = size.every((n, axis) => n === shape[axis])
    ? gradient
    : cx.b.add("Slice", [gradient], { begin: start.map((at, axis) => at - from[axis]!), size, strides: size.map(() => 1) })
  const paddings = start.map((at, axis): readonly [number, number] => [at - tile.start[axis]!, tile.start[axis]! + tile.shape[axis]! - end[axis]!])
  return paddings.every(([before, after]) => before === 0 && after === 0) ? kept : cx.b.add("Pad", [kept], { paddings, value: 0 })
}

/** A gradient of an image, tile by tile: all of the windows over a tile, computed where the tile is. */
const gradient = (
  cx: Cutter,
  type: TensorType,
  axes: Axes,
  layout: Layout.Layout | undefined,
  each: (tile: Layout.Tile, own: Spans) => NodeId
): Value | undefined =>
  layout === undefined || !possible(axes, layout)
    ? undefined
    : tiled(type, layout, (tile) => {
        const rows = spans.spanOver(axes[0], tile.start[1]!, tile.shape[1]!)
        const columns = spans.spanOver(axes[1], tile.start[2]!, tile.shape[2]!)
        if (rows === undefined || columns === undefined) return Builder.fill(cx.b, { dtype: type.dtype, shape: tile.shape }, 0)
        return place(cx, each(tile, [rows, columns]), tile, [rows, columns])
      })

/** How the gradient of an image is cut: as the image was, else as the gradient of the result is. */
const imageLayout = (cx: Cutter, axes: Axes, image: Shape, dy: Value): Layout.Layout | undefined => {
  const known = cx.images.get(keyOf(image, dy.type.shape))
  if (known === undefined) return dy.layout && ofElements(axes, dy.layout)
  // images of other channels may have the same extents
  return Layout.edges(known.sizes[channel]!).at(-1) === image[channel] ? known : withChannels(known, image[channel]!)
}

const conv2DBackpropInput: CutRule<"Conv2DBackpropInput"> = (cx, node, [dy, filter]) => {
  const { inputShape } = node.attrs
  const axes = convAxes(inputShape, dy!.type.shape, filter!.type.shape, node.attrs)
  const found = imageLayout(cx, axes, inputShape, dy!)
  const channels = [0, dy!.type.shape[channel]!] as const
  return gradient(cx, node.type, axes, found && withChannels(found, inputShape[channel]!), (tile, own) => {
    const inputs = [cx.read(dy!, positions(tile, own, channels), tile.core), cx.whole(filter!, tile.core)]
    const { shape } = under(tile, own, [0, inputShape[channel]!])
    return cx.add(tile.core, "Conv2DBackpropInput", inputs, { ...node.attrs, padding: paddingOf(own), inputShape: shape })
  })
}

/** Every core adds up over its own positions. */
const conv2DBackpropFilter: CutRule<"Conv2DBackpropFilter"> = (cx, node, [x, dy]) => {
  const [image, result] = [x!.type.shape, dy!.type.shape]
  const axes = convAxes(image, result, node.attrs.filterShape, node.attrs)
  const byImage = x!.layout && withChannels(x!.layout, result[channel]!)
  const layout = (dy!.layout && Layout.join(dy!.layout, [channel])) ?? (byImage && ofPositions(axes, byImage))
  if (layout === undefined || !possible(axes, layout)) return undefined
  return partials(cx, node.type, {
    layout,
    over: [0, 1, 2, channel],
    specs: node.attrs.filterShape.map((size) => ({ size })),
    op: "Add",
    each: (tile) => {
      const own = spansOf(axes, tile)
      const inputs = [cx.read(x!, under(tile, own, [0, image[channel]!]), tile.core), cx.read(dy!, tile, tile.core)]
      return cx.add(tile.core, "Conv2DBackpropFilter", inputs, { ...node.attrs, padding: paddingOf(own) })
    }
  })
}

const maxPoolGrad: CutRule<"MaxPoolGrad"> = (cx, node, [dy, x, y]) => {
  const axes = spans.axesOf(x!.type.shape, dy!.type.shape, node.attrs.window, node.attrs)
  return gradient(cx, node.type, axes, x!.layout ?? imageLayout(cx, axes, x!.type.shape, dy!), (tile, own) => {
    const channels = [tile.start[channel]!, tile.shape[channel]!] as const
    const result = positions(tile, own, channels)
    const inputs = [cx.read(dy!, result, tile.core), cx.read(x!, under(tile, own, channels), tile.core), cx.read(y!, result, tile.core)]
    return cx.add(tile.core, "MaxPoolGrad", inputs, { ...node.attrs, padding: paddingOf(own) })
  })
}

const avgPoolGrad: CutRule<"AvgPoolGrad"> = (cx, node, [dy]) => {
  const { inputShape } = node.attrs
  const axes = spans.axesOf(inputShape, dy!.type.shape, node.attrs.window, node.attrs)
  return gradient(cx, node.type, axes, imageLayout(cx, axes, inputShape, dy!), (tile, own) => {
    const channels = [tile.start[channel]!, tile.shape[channel]!] as const
    const { shape } = under(tile, own, channels)
    const attrs = { ...node.attrs, padding: paddingOf(own), inputShape: shape }
    return cx.add(tile.core, "AvgPoolGrad", [cx.read(dy!, positions(tile, own, channels), tile.core)], attrs)
  })
}

/** @category rules @since 0.1.0 */
export const windowRules: CutRules = {
  Conv2D: conv2D,
  Conv2DBackpropInput: conv2DBackpropInput,
  Conv2DBackpropFilter: conv2DBackpropFilter,
  MaxPool: pool,
  MaxPoolGrad: maxPoolGrad,
  AvgPool: pool,
  AvgPoolGrad: avgPoolGrad
}

/**
 * Images as the graph has them, NHWC, and as ONNX has them, NCHW; their windows, strides and padding.
 *
 * @since 0.1.0
 */
import type { NodeId } from "../../../../domain/graph/Graph.ts"
import type { ConvAttrs, Padding2d } from "../../../../domain/graph/ops.ts"
import type { Shape } from "../../../../domain/Tensor.ts"
import type { Emitter } from "./Emitter.ts"

/** @category shapes @since 0.1.0 */
export type Extents = readonly [number, number, number, number]

/** @category conversions @since 0.1.0 */
export const toChannelsFirst = [0, 3, 1, 2]
/** @category conversions @since 0.1.0 */
export const toChannelsLast = [0, 2, 3, 1]

/** The cast: the type rule has checked the rank. @category shapes @since 0.1.0 */
export const extents = (shape: Shape) => shape as Extents

/** ONNX's order: all begins, then all ends. @category conversions @since 0.1.0 */
export const padsOf = ([[top, bottom], [left, right]]: Padding2d) => [top, left, bottom, right]

/** @category conversions @since 0.1.0 */
export const convAttributes = ({ strides, padding, dilations }: ConvAttrs) => ({ strides, dilations, pads: padsOf(padding) })

/** Both axes' values of a function of the axis. @category shapes @since 0.1.0 */
export const both = <A>(of: (axis: 0 | 1) => A): readonly [A, A] => [of(0), of(1)]

interface Windows {
  readonly strides: readonly [number, number]
  readonly padding: Padding2d
}

/**
 * ConvTranspose's `output_padding`: what the windows of a gradient `[n, h, w, c]` do not reach at the far ends of the image, because
 * the last strides did not fit. `reach` is the window's, with its dilation.
 *
 * @category rules
 * @since 0.1.0
 */
export const outputPadding = (image: Shape, gradient: Shape, reach: readonly [number, number], { padding, strides }: Windows) =>
  both((a) => image[1 + a]! - ((gradient[1 + a]! - 1) * strides[a] + reach[a] - padding[a][0] - padding[a][1]))

/** How far a filter reaches. @category rules @since 0.1.0 */
export const reachOf = (filter: Extents, { dilations }: ConvAttrs) => both((a) => (filter[a] - 1) * dilations[a] + 1)

/** Extents of both operands. The cast: `map` forgets how many there are. @category shapes @since 0.1.0 */
export const operandExtents = (e: Emitter, node: { readonly inputs: ReadonlyArray<NodeId> }) =>
  node.inputs.map((input) => extents(e.at(input).type.shape)) as [Extents, Extents]

/** Elements `from + k * stride`, `k < count`, of one axis of the extent given. @category rules @since 0.1.0 */
export const strided = (e: Emitter, x: string, axis: number, extent: number, from: number, count: number, stride: number): string => {
  if (from === 0 && count === extent && stride === 1) return x
  const ends = from + (count - 1) * stride + 1
  return e.emit("Slice", [x, e.int64([from]), e.int64([ends]), e.int64([axis]), e.int64([stride])])
}

/** An NHWC image with zeros around it. @category rules @since 0.1.0 */
export const padded = (e: Emitter, x: string, padding: Padding2d): string => {
  const [top, left, bottom, right] = padsOf(padding)
  if (top === 0 && left === 0 && bottom === 0 && right === 0) return x
  return e.emit("Pad", [x, e.int64([0, top!, left!, 0, 0, bottom!, right!, 0]), e.scalar("float32", 0)])
}

/** @category rules @since 0.1.0 */
export const count = (n: number) => Array.from({ length: n }, (_, i) => i)

/** @category rules @since 0.1.0 */
export const concat = (e: Emitter, parts: ReadonlyArray<string>, axis: number) => (parts.length === 1 ? parts[0]! : e.emit("Concat", parts, { axis }))

/**
 * Windows along one axis of an image: which elements a block of positions reads, and which positions a block of elements
 * is under.
 *
 * @since 0.1.0
 */
import type { ConvAttrs, PoolAttrs } from "../../graph/ops.ts"
import type { Shape } from "../../Tensor.ts"
import * as Layout from "./Layout.ts"

/** A window's way along one axis. @category models @since 0.1.0 */
export interface Axis {
  /** Elements of the image. */
  readonly extent: number
  /** Positions of the window. */
  readonly positions: number
  /** Elements from the first to the last of a window. */
  readonly reach: number
  readonly stride: number
  readonly padding: readonly [before: number, after: number]
}

/** Elements `start …` of the image with the padding that positions `first … first+count-1` need. @category models @since 0.1.0 */
export interface Span {
  readonly start: number
  readonly length: number
  readonly padding: readonly [before: number, after: number]
  readonly first: number
  readonly count: number
}

/** Both spatial axes of an NHWC image. @category constructors @since 0.1.0 */
export const axesOf = (
  image: Shape,
  result: Shape,
  window: Shape,
  attrs: Pick<ConvAttrs, "strides" | "padding"> | PoolAttrs,
  dilations: readonly [number, number] = [1, 1]
): readonly [Axis, Axis] => {
  const axis = (i: 0 | 1): Axis => ({
    extent: image[1 + i]!,
    positions: result[1 + i]!,
    reach: (window[i]! - 1) * dilations[i] + 1,
    stride: attrs.strides[i],
    padding: attrs.padding[i]
  })
  return [axis(0), axis(1)]
}

/** Whether every window is over some element: else there is no span for it. @category rules @since 0.1.0 */
export const touches = ({ padding, reach }: Axis): boolean => padding[0] < reach && padding[1] < reach

/** What all positions read: the image as it is. @category rules @since 0.1.0 */
export const wholeSpan = ({ extent, padding, positions }: Axis): Span => ({ start: 0, length: extent, padding, first: 0, count: positions })

/** What `count` positions from `first` on read: padding at the borders of the image only. @category rules @since 0.1.0 */
export const spanOf = (axis: Axis, first: number, count: number): Span => {
  if (count === axis.positions) return wholeSpan(axis)
  const from = first * axis.stride - axis.padding[0]
  const to = (first + count - 1) * axis.stride - axis.padding[0] + axis.reach
  const start = Math.max(0, from)
  const end = Math.min(axis.extent, to)
  return { start, length: end - start, padding: [start - from, to - end], first, count }
}

/** The positions whose windows reach into elements `start … start+length-1`; `undefined` when none does. @category rules @since 0.1.0 */
export const spanOver = (axis: Axis, start: number, length: number): Span | undefined => {
  if (length === axis.extent) return wholeSpan(axis)
  const first = Math.max(0, Math.floor((start + axis.padding[0] - axis.reach) / axis.stride) + 1)
  const end = Math.min(axis.positions, Math.ceil((start + length + axis.padding[0]) / axis.stride))
  return first < end ? spanOf(axis, first, end - first) : undefined
}

const centre = ({ padding, reach, stride }: Axis, position: number) => position * stride - padding[0] + Math.floor((reach - 1) / 2)

/** How many positions each part of the image has: those whose windows have their middle in it. Perhaps none. @category rules @since 0.1.0 */
export const positionSizes = (axis: Axis, parts: ReadonlyArray<number>): ReadonlyArray<number> => {
  if (parts.length === 1) return [axis.positions]
  const edges = Layout.edges(parts)
  const sizes = parts.map(() => 0)
  for (let position = 0; position < axis.positions; position++) {
    const middle = Math.min(axis.extent - 1, Math.max(0, centre(axis, position)))
    sizes[edges.findLastIndex((edge) => edge <= middle)]!++
  }
  return sizes
}

/** How many elements of the image go to each part of the positions: up to the middle of the next part's first window. @category rules @since 0.1.0 */
export const elementSizes = (axis: Axis, parts: ReadonlyArray<number>): ReadonlyArray<number> => {
  const edges = Layout.edges(parts).map((edge, i) =>
    i === 0 ? 0 : i === parts.length ? axis.extent : Math.min(axis.extent, Math.max(0, centre(axis, edge)))
  )
  return parts.map((_, i) => edges[i + 1]! - edges[i]!)
}

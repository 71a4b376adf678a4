/**
 * Moving elements to and from the places of a sliding window.
 *
 * @since 0.1.0
 */
import type { NodeId } from "../../../domain/graph/Graph.ts"
import type { Emit } from "../Emit.ts"

/** `x` with `before` and `after` elements of `value` more on one axis. */
export const padAxis = (c: Emit, x: NodeId, axis: number, before: number, after: number, value: number): NodeId =>
  before === 0 && after === 0
    ? x
    : c.add("Pad", [x], { paddings: c.shape(x).map((_, i) => (i === axis ? ([before, after] as const) : ([0, 0] as const))), value })

/** Elements `begin + k * stride`, `k < size`, of one axis. */
export const every = (c: Emit, x: NodeId, axis: number, begin: number, size: number, stride: number): NodeId => {
  const shape = c.shape(x)
  const on = (value: number, other: number) => shape.map((_, i) => (i === axis ? value : other))
  return c.slice(
    x,
    on(begin, 0),
    shape.map((d, i) => (i === axis ? size : d)),
    on(stride, 1)
  )
}

/** The way back: element `k` of the axis goes to `begin + k * stride` of `total`, with zeros elsewhere. */
export const spread = (c: Emit, x: NodeId, axis: number, begin: number, stride: number, total: number): NodeId => {
  const shape = c.shape(x)
  const size = shape[axis]!
  const reach = (size - 1) * stride + 1
  const apart =
    stride === 1
      ? x
      : c.sliceAxis(
          c.reshape(
            padAxis(c, c.reshape(x, shape.toSpliced(axis + 1, 0, 1)), axis + 1, 0, stride - 1, 0),
            shape.map((d, i) => (i === axis ? d * stride : d))
          ),
          axis,
          0,
          reach
        )
  return padAxis(c, apart, axis, begin, total - begin - reach, 0)
}

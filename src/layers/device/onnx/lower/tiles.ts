/**
 * Pooling whose windows lie side by side (strides as wide as the window, no padding), on NHWC as it is: element k of all windows is one
 * strided view of the image, and so the largest of each window and where it was are elementwise ops on as many views as a window
 * has elements.
 *
 * @since 0.1.0
 */
import type { NodeOf } from "../../../../domain/graph/Graph.ts"
import type { PoolAttrs } from "../../../../domain/graph/ops.ts"
import type { Shape } from "../../../../domain/Tensor.ts"
import { castTo } from "./elementwise.ts"
import type { Emitter } from "./Emitter.ts"
import { concat, extents } from "./images.ts"

/** Elements of a window up to which its views are cheaper than other layouts. */
const fewElements = 9

/** @category rules @since 0.1.0 */
export const isTiling = ({ padding, strides, window }: PoolAttrs): boolean =>
  window.every((n, i) => n === strides[i]) && window[0] * window[1] <= fewElements && padding.flat().every((n) => n === 0)

/** Rows and columns of each element of a window, in its order. */
const places = ({ window: [rows, columns] }: PoolAttrs) =>
  Array.from({ length: rows * columns }, (_, k) => [Math.floor(k / columns), k % columns] as const)

/** For each element of the window the image's elements in that place: `[n, positions…, c]` each; `y` is the pooled shape. */
const viewsOf = (e: Emitter, x: string, y: Shape, attrs: PoolAttrs): ReadonlyArray<string> => {
  const strides = e.int64(attrs.strides)
  const end = (from: number, axis: 0 | 1) => from + (y[1 + axis]! - 1) * attrs.strides[axis] + 1
  return places(attrs).map(([r, c]) => e.emit("Slice", [x, e.int64([r, c]), e.int64([end(r, 0), end(c, 1)]), e.int64([1, 2]), strides]))
}

/** The largest of each window. @category rules @since 0.1.0 */
export const maxOfTiles = (e: Emitter, node: NodeOf<"MaxPool">): string => {
  const views = viewsOf(e, e.full(node.inputs[0]!), node.type.shape, node.attrs)
  return views.length === 1 ? views[0]! : e.emit("Max", views)
}

/** The views put back where they were taken, and zeros where no window was. */
const woven = (e: Emitter, views: ReadonlyArray<string>, y: Shape, x: Shape, { window: [height, width] }: PoolAttrs): string => {
  const [n, h, w, c] = extents(y)
  const rows = Array.from({ length: height }, (_, r) => e.reshape(concat(e, views.slice(r * width, (r + 1) * width), 3), [n, h, 1, w * width * c]))
  const image = e.reshape(concat(e, rows, 2), [n, h * height, w * width, c])
  const rest = [x[1]! - h * height, x[2]! - w * width] as const
  return rest[0] + rest[1] === 0 ? image : e.emit("Pad", [image, e.int64([0, 0, 0, 0, 0, ...rest, 0]), e.scalar("float32", 0)])
}

/** What is left of `dy` goes to the first element that is the largest; where none before the last was, to the last. @category rules @since 0.1.0 */
export const maxOfTilesGrad = (e: Emitter, node: NodeOf<"MaxPoolGrad">): string => {
  const [dy, x, y] = node.inputs.map((input) => e.full(input)) as [string, string, string] // three operands
  const pooled = e.at(node.inputs[0]!).type.shape
  const views = viewsOf(e, x, pooled, node.attrs)
  let left = dy
  const shares = views.map((view, k) => {
    if (k === views.length - 1) return left
    const share = e.emit("Mul", [castTo(e, e.emit("Equal", [view, y]), "float32"), left])
    left = e.emit("Sub", [left, share])
    return share
  })
  return woven(e, shares, pooled, node.type.shape, node.attrs)
}

/** Each mean's gradient in equal shares. @category rules @since 0.1.0 */
export const meanOfTilesGrad = (e: Emitter, node: NodeOf<"AvgPoolGrad">): string => {
  const { window } = node.attrs
  const dy = e.full(node.inputs[0]!)
  const share = e.emit("Mul", [dy, e.scalar("float32", 1 / (window[0] * window[1]))])
  return woven(
    e,
    places(node.attrs).map(() => share),
    e.at(node.inputs[0]!).type.shape,
    node.type.shape,
    node.attrs
  )
}

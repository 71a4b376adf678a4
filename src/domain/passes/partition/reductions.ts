/**
 * Rules of the ops that work along an axis: what is cut along it is reduced on each core and then put together, or gathered
 * along it where no partial results can be put together.
 *
 * @since 0.1.0
 */
import * as Builder from "../../graph/Builder.ts"
import type { Node, NodeId, NodeOf } from "../../graph/Graph.ts"
import { type OpName, type ReduceAttrs, type ReduceOp, reduceOps } from "../../graph/ops.ts"
import type { TensorType } from "../../Tensor.ts"
import { range } from "../operands.ts"
import { type CutRule, type CutRules, type Cutter, finest, type Place, tiled, type Value } from "./Cutter.ts"
import * as Layout from "./Layout.ts"

type Combiner = Parameters<Cutter["combine"]>[0]

/** How a value comes of partial ones. @category models @since 0.1.0 */
export interface Partials {
  readonly layout: Layout.Layout
  /** The axes of `layout` along which results are partial. */
  readonly over: ReadonlyArray<number>
  /** The result's axes out of those of `layout`; none may be of `over`. */
  readonly specs: ReadonlyArray<Layout.AxisSpec>
  readonly op: Combiner
  readonly each: (tile: Layout.Tile) => NodeId
  /** Done once to what has been put together. */
  readonly last?: (total: NodeId, place: Place) => NodeId
}

/** Each tile's result by `each`, those that differ along `over` put together: whole where no other axis is cut. @category rules @since 0.1.0 */
export const partials = (cx: Cutter, type: TensorType, { each, last = (total) => total, layout, op, over, specs }: Partials): Value => {
  const kept = Layout.join(layout, over)
  const result = kept && Layout.arrange(kept, specs)
  const place = (i: number): Place => (result === undefined ? "all" : result.cores[i]!)
  const tiles = Layout.groups(layout, over).map((group, i) => last(cx.combine(op, group.map(each), place(i)), place(i)))
  return { type, layout: result, tiles }
}

const combiners: { readonly [K in ReduceOp]: Combiner } = {
  ReduceSum: "Add",
  ReduceMean: "Add",
  ReduceMax: "Max",
  ReduceMin: "Min",
  ReduceProd: "Mul",
  ReduceAny: "Or",
  ReduceAll: "And"
}

/** A mean over cut axes is a sum over all of its elements, divided once. */
const reduce =
  (op: ReduceOp): CutRule<ReduceOp> =>
  (cx, node, [x]) => {
    const layout = x!.layout
    if (layout === undefined) return undefined
    const { axes, keepDims }: ReduceAttrs = node.attrs
    const crossing = axes.some((axis) => Layout.isCut(layout, axis))
    const count = axes.reduce((n, axis) => n * x!.type.shape[axis]!, 1)
    return partials(cx, node.type, {
      layout,
      over: axes,
      specs: x!.type.shape.flatMap((_, axis): ReadonlyArray<Layout.AxisSpec> =>
        !axes.includes(axis) ? [{ from: axis }] : keepDims ? [{ size: 1 }] : []
      ),
      op: combiners[op],
      each: (tile) => cx.add(tile.core, crossing && op === "ReduceMean" ? "ReduceSum" : op, [cx.read(x!, tile, tile.core)], { axes, keepDims }),
      last: (total, place) =>
        crossing && op === "ReduceMean" ? cx.add(place, "Div", [total, Builder.fill(cx.b, cx.b.typeOf(total), count)], {}) : total
    })
  }

/** Gathered along the axis, cut along the others as before. */
const along = (cx: Cutter, node: Node, x: Value, axis: number): Value | undefined =>
  tiled(node.type, x.layout && Layout.join(x.layout, [axis]), (tile) => cx.like(tile.core, node, [cx.read(x, tile, tile.core)]))

const lastAxis = (cx: Cutter, node: Node, [x]: ReadonlyArray<Value>): Value | undefined => along(cx, node, x!, x!.type.shape.length - 1)

/** The last axis is gathered, and is `k` long afterwards. */
const topK = (cx: Cutter, node: NodeOf<"TopKValues" | "TopKIndices">, [x]: ReadonlyArray<Value>): Value | undefined => {
  const { shape } = x!.type
  const last = shape.length - 1
  const specs = shape.map((_, axis) => (axis === last ? { size: node.attrs.k } : { from: axis }))
  return tiled(node.type, x!.layout && Layout.arrange(x!.layout, specs), (tile) =>
    cx.like(tile.core, node, [cx.read(x!, { start: tile.start, shape: tile.shape.with(last, shape[last]!) }, tile.core)])
  )
}

const cumSum: CutRule<"CumSum"> = (cx, node, [x]) => along(cx, node, x!, node.attrs.axis)

/** The axis goes: the tile of the result is a row of whole axes of the operand. */
const argument: CutRule<"ArgMax" | "ArgMin"> = (cx, node, [x]) => {
  const { axis } = node.attrs
  const { shape } = x!.type
  const specs = shape.flatMap((_, i) => (i === axis ? [] : [{ from: i }]))
  return tiled(node.type, x!.layout && Layout.arrange(x!.layout, specs), (tile) => {
    const block = { start: tile.start.toSpliced(axis, 0, 0), shape: tile.shape.toSpliced(axis, 0, shape[axis]!) }
    return cx.like(tile.core, node, [cx.read(x!, block, tile.core)])
  })
}

/** Each core looks up its own indices; or, where these are whole, in its own part of the rows. */
const gather: CutRule<"Gather"> = (cx, node, [x, indices]) => {
  const { axis } = node.attrs
  const { shape } = x!.type
  const rank = indices!.type.shape.length
  const own = range(0, rank)
  const rows = shape.map((_, i) => i).filter((i) => i !== axis)
  const before = rows.filter((i) => i < axis)
  const after = rows.filter((i) => i > axis)
  const sized = (axes: ReadonlyArray<number>) => axes.map((i) => ({ size: shape[i]! }))
  const byIndex = indices!.layout && Layout.arrange(indices!.layout, [...sized(before), ...own.map((from) => ({ from })), ...sized(after)])
  const byRow =
    x!.layout &&
    Layout.arrange(x!.layout, [
      ...before.map((from) => ({ from })),
      ...own.map((i) => ({ size: indices!.type.shape[i]! })),
      ...after.map((from) => ({ from }))
    ])
  return tiled(node.type, finest([byIndex, byRow]), (tile) => {
    const rowsOf = (of: ReadonlyArray<number>, along: number) => [...of.slice(0, axis), along, ...of.slice(axis + rank)]
    const table = cx.read(x!, { start: rowsOf(tile.start, 0), shape: rowsOf(tile.shape, shape[axis]!) }, tile.core)
    const found = { start: tile.start.slice(axis, axis + rank), shape: tile.shape.slice(axis, axis + rank) }
    return cx.add(tile.core, "Gather", [table, cx.read(indices!, found, tile.core)], { axis })
  })
}

/** Each core adds up its own rows into all of the segments. */
const segmentSum: CutRule<"SegmentSum"> = (cx, node, [x, ids]) => {
  const { shape } = x!.type
  const rank = ids!.type.shape.length
  const byId =
    ids!.layout &&
    Layout.arrange(
      ids!.layout,
      shape.map((size, axis) => (axis < rank ? { from: axis } : { size }))
    )
  const layout = finest([x!.layout, byId])
  if (layout === undefined) return undefined
  return partials(cx, node.type, {
    layout,
    over: range(0, rank),
    specs: [{ size: node.attrs.numSegments }, ...range(rank, shape.length).map((from) => ({ from }))],
    op: "Add",
    each: (tile) => {
      const own = { start: tile.start.slice(0, rank), shape: tile.shape.slice(0, rank) }
      return cx.like(tile.core, node, [cx.read(x!, tile, tile.core), cx.read(ids!, own, tile.core)])
    }
  })
}

const oneHot: CutRule<"OneHot"> = (cx, node, [indices]) => {
  const specs = [...indices!.type.shape.map((_, from) => ({ from })), { size: node.attrs.depth }]
  return tiled(node.type, indices!.layout && Layout.arrange(indices!.layout, specs), (tile) => {
    const own = { start: tile.start.slice(0, -1), shape: tile.shape.slice(0, -1) }
    return cx.like(tile.core, node, [cx.read(indices!, own, tile.core)])
  })
}

const rules: { readonly [K in OpName]?: CutRule<K> } = {
  Softmax: lastAxis,
  LogSoftmax: lastAxis,
  TopKValues: topK,
  TopKIndices: topK,
  CumSum: cumSum,
  ArgMax: argument,
  ArgMin: argument,
  Gather: gather,
  SegmentSum: segmentSum,
  OneHot: oneHot
}

/** @category rules @since 0.1.0 */
export const reductionRules: CutRules = {
  ...(Object.fromEntries(reduceOps.map((op) => [op, reduce(op)])) as CutRules), // `fromEntries` forgets the keys
  ...rules
}

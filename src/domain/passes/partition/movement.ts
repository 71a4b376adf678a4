/**
 * Rules of the ops that work on each element by itself, and of those that only move elements.
 *
 * @since 0.1.0
 */
import type { Node } from "../../graph/Graph.ts"
import type { OpName } from "../../graph/ops.ts"
import type { Shape } from "../../Tensor.ts"
import { axisRuns, elementwiseOps } from "../operands.ts"
import { type CutRule, type CutRules, type Cutter, finest, tiled, type Value } from "./Cutter.ts"
import * as Layout from "./Layout.ts"

/** As the operand with the most tiles is cut. */
const elementwise = (cx: Cutter, node: Node, inputs: ReadonlyArray<Value>): Value | undefined =>
  tiled(node.type, finest(inputs.map(({ layout }) => layout)), (tile) =>
    cx.like(
      tile.core,
      node,
      inputs.map((x) => cx.read(x, tile, tile.core))
    )
  )

const transpose: CutRule<"Transpose"> = (cx, node, [x]) => {
  const { perm } = node.attrs
  const layout =
    x!.layout &&
    Layout.arrange(
      x!.layout,
      perm.map((from) => ({ from }))
    )
  return tiled(node.type, layout, (tile) => {
    const block = { start: perm.map((_, axis) => tile.start[perm.indexOf(axis)]!), shape: perm.map((_, axis) => tile.shape[perm.indexOf(axis)]!) }
    return cx.like(tile.core, node, [cx.read(x!, block, tile.core)])
  })
}

const broadcast: CutRule<"Broadcast"> = (cx, node, [x]) => {
  const { shape } = node.attrs
  const from = x!.type.shape
  const missing = shape.length - from.length
  const specs = shape.map((size, axis) => (axis >= missing && from[axis - missing] === size ? { from: axis - missing } : { size }))
  return tiled(node.type, x!.layout && Layout.arrange(x!.layout, specs), (tile) => {
    const own = (of: ReadonlyArray<number>, repeated: number) => from.map((extent, axis) => (extent === 1 ? repeated : of[missing + axis]!))
    const block = { start: own(tile.start, 0), shape: own(tile.shape, 1) }
    return cx.add(tile.core, "Broadcast", [cx.read(x!, block, tile.core)], { shape: tile.shape })
  })
}

const product = (shape: Shape, axes: ReadonlyArray<number>): number => axes.reduce((n, axis) => n * shape[axis]!, 1)

/** Where the parts of `axis` lie after a reshape: on one axis, each of whole elements of it; `undefined` where they do not. */
const carried = (from: Shape, to: Shape, axis: number, sizes: ReadonlyArray<number>) => {
  const run = axisRuns(from, to)?.find((r) => r.from.includes(axis))
  const first = run?.to.find((i) => to[i] !== 1)
  if (run === undefined || first === undefined || run.from.some((i) => i < axis && from[i] !== 1)) return undefined
  const inner = product(
    from,
    run.from.filter((i) => i > axis)
  )
  const innerTo = product(
    to,
    run.to.filter((i) => i > first)
  )
  if (sizes.some((size) => (size * inner) % innerTo !== 0)) return undefined
  return { axis: first, from: axis, sizes: sizes.map((size) => (size * inner) / innerTo) }
}

/** Axes whose parts stay together stay cut; the others are gathered. */
const reshape: CutRule<"Reshape"> = (cx, node, [x]) => {
  const layout = x!.layout
  if (layout === undefined) return undefined
  const [from, to] = [x!.type.shape, node.type.shape]
  const kept = Layout.cutAxes(layout).flatMap((axis) => carried(from, to, axis, layout.sizes[axis]!) ?? [])
  const gathered = Layout.join(
    layout,
    Layout.cutAxes(layout).filter((axis) => !kept.some((k) => k.from === axis))
  )
  if (gathered === undefined) return undefined
  const blocks = Layout.tilesOf(gathered)
  const after = Layout.arrange(
    gathered,
    to.map((size, axis) => kept.find((k) => k.axis === axis) ?? { size })
  )
  return tiled(node.type, after, (tile) => {
    const at = from.map((_, axis) => tile.at[kept.find((k) => k.from === axis)?.axis ?? -1] ?? 0)
    return cx.add(tile.core, "Reshape", [cx.read(x!, blocks[Layout.indexOf(gathered, at)]!, tile.core)], { shape: tile.shape })
  })
}

/** Each tile keeps what the slice takes of it: nothing moves. */
const slice: CutRule<"Slice"> = (cx, node, [x]) => {
  const { begin, size, strides } = node.attrs
  /** How many of the slice's elements lie before `edge` on an axis. */
  const before = (edge: number, axis: number) => Math.min(size[axis]!, Math.max(0, Math.ceil((edge - begin[axis]!) / strides[axis]!)))
  const layout =
    x!.layout &&
    Layout.arrange(
      x!.layout,
      x!.layout.sizes.map((parts, axis) => {
        const edges = Layout.edges(parts).map((edge) => before(edge, axis))
        return { from: axis, sizes: parts.map((_, i) => edges[i + 1]! - edges[i]!) }
      })
    )
  return tiled(node.type, layout, (tile) => {
    const block = {
      start: tile.start.map((k, axis) => begin[axis]! + k * strides[axis]!),
      shape: tile.shape.map((n, axis) => (n - 1) * strides[axis]! + 1)
    }
    const found = cx.read(x!, block, tile.core)
    return strides.every((stride) => stride === 1)
      ? found
      : cx.add(tile.core, "Slice", [found], { begin: begin.map(() => 0), size: tile.shape, strides })
  })
}

/** The first and the last tile of an axis get the padding. */
const pad: CutRule<"Pad"> = (cx, node, [x]) => {
  const { paddings, value } = node.attrs
  const extents = x!.type.shape
  const layout =
    x!.layout &&
    Layout.arrange(
      x!.layout,
      x!.layout.sizes.map((parts, axis) => {
        const [before, after] = paddings[axis]!
        return { from: axis, sizes: parts.map((n, i) => n + (i === 0 ? before : 0) + (i === parts.length - 1 ? after : 0)) }
      })
    )
  return tiled(node.type, layout, (tile) => {
    const start = tile.start.map((at, axis) => Math.max(0, at - paddings[axis]![0]))
    const shape = tile.start.map((at, axis) => Math.min(extents[axis]!, at + tile.shape[axis]! - paddings[axis]![0]) - start[axis]!)
    const own = tile.start.map((at, axis): readonly [number, number] => {
      const before = start[axis]! - (at - paddings[axis]![0])
      return [before, tile.shape[axis]! - before - shape[axis]!]
    })
    return cx.add(tile.core, "Pad", [cx.read(x!, { start, shape }, tile.core)], { paddings: own, value })
  })
}

const reverse: CutRule<"Reverse"> = (cx, node, [x]) => {
  const { axes } = node.attrs
  const extents = x!.type.shape
  return tiled(node.type, x!.layout && Layout.mirror(x!.layout, axes), (tile) => {
    const start = tile.start.map((at, axis) => (axes.includes(axis) ? extents[axis]! - at - tile.shape[axis]! : at))
    return cx.like(tile.core, node, [cx.read(x!, { start, shape: tile.shape }, tile.core)])
  })
}

/** Cut along the other axes. */
const concat: CutRule<"Concat"> = (cx, node, inputs) => {
  const { axis } = node.attrs
  const first = finest(inputs.map(({ layout }) => layout && Layout.join(layout, [axis])))
  const specs = node.type.shape.map((size, i) => (i === axis ? { size } : { from: i }))
  return tiled(node.type, first && Layout.arrange(first, specs), (tile) => {
    const pieces = inputs.map((x) => {
      const shape = tile.shape.map((n, i) => (i === axis ? x.type.shape[axis]! : n))
      return cx.read(x, { start: tile.start, shape }, tile.core)
    })
    return cx.add(tile.core, "Concat", pieces, { axis })
  })
}

/** Each tile waits for one element of what it is to come after: that is enough. */
const barrier: CutRule<"Barrier"> = (cx, node, [x, after]) =>
  tiled(node.type, x!.layout, (tile) => {
    const first = { start: after!.type.shape.map(() => 0), shape: after!.type.shape.map((n) => Math.min(n, 1)) }
    return cx.like(tile.core, node, [cx.read(x!, tile, tile.core), cx.read(after!, first, tile.core)])
  })

const local: ReadonlyArray<OpName> = [...elementwiseOps, "BitwiseAnd", "CrossReplicaSum"]

/** @category rules @since 0.1.0 */
export const movementRules: CutRules = {
  ...(Object.fromEntries(local.map((op) => [op, elementwise])) as CutRules), // `fromEntries` forgets the keys
  Transpose: transpose,
  Broadcast: broadcast,
  Reshape: reshape,
  Slice: slice,
  Pad: pad,
  Reverse: reverse,
  Concat: concat,
  Barrier: barrier
}

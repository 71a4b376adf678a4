/**
 * The graph under construction, in which values lie in tiles: reads blocks of them, adds nodes for a core, and notes what is
 * computed where and what moves.
 *
 * @since 0.1.0
 */
import * as Builder from "../../graph/Builder.ts"
import type { Node, NodeId, NodeOf } from "../../graph/Graph.ts"
import type { OpAttrs, OpName } from "../../graph/ops.ts"
import { sameShape, type Shape, sizeOf, type TensorType } from "../../Tensor.ts"
import { addNode } from "../rebuild.ts"
import * as Layout from "./Layout.ts"

/** A value of the uncut graph: one node where it is whole, else one for each tile, in row-major order. @category models @since 0.1.0 */
export interface Value {
  readonly type: TensorType
  readonly layout: Layout.Layout | undefined
  readonly tiles: ReadonlyArray<NodeId>
}

/** A core, or every one. @category models @since 0.1.0 */
export type Place = number | "all"

/** @category models @since 0.1.0 */
export interface Cutter {
  readonly b: Builder.Builder
  /** The node that holds a block of a value, for a core (or all): read from the tiles that overlap it, of which those of other cores move. */
  readonly read: (value: Value, block: Layout.Block, place: Place) => NodeId
  /** The node that holds all of a value. */
  readonly whole: (value: Value, place?: Place) => NodeId
  /** Adds a node that this core computes. */
  readonly add: <K extends Exclude<OpName, "Parameter">>(place: Place, op: K, inputs: ReadonlyArray<NodeId>, attrs: OpAttrs[K]) => NodeId
  /** Adds a node of the same op and attributes as `node`. */
  readonly like: (place: Place, node: Node, inputs: ReadonlyArray<NodeId>) => NodeId
  /** Adds up (or so) what several cores have computed of one value, for one core or for all. */
  readonly combine: (op: "Add" | "Mul" | "Max" | "Min" | "And" | "Or", parts: ReadonlyArray<NodeId>, place: Place) => NodeId
  /** The layouts of images, by the extents of image and result of a window's op: those that its gradient should give. */
  readonly images: Map<string, Layout.Layout>
}

/** Elements that move and work that is done. @category models @since 0.1.0 */
export interface Notes {
  /** Who computes each node; copies and joins of tiles are not in it. */
  readonly computed: ReadonlyMap<NodeId, Place>
  readonly moved: () => number
}

/** @category rules @since 0.1.0 */
export const wholeValue = (b: Builder.Builder, node: NodeId): Value => ({ type: b.typeOf(node), layout: undefined, tiles: [node] })

/** One tile after another, each by `f`; `undefined` layout: there is nothing to cut. @category rules @since 0.1.0 */
export const tiled = (type: TensorType, layout: Layout.Layout | undefined, f: (tile: Layout.Tile) => NodeId): Value | undefined =>
  layout === undefined ? undefined : { type, layout, tiles: Layout.tilesOf(layout).map(f) }

/** The layout with the most tiles, the first of equals. @category rules @since 0.1.0 */
export const finest = (layouts: ReadonlyArray<Layout.Layout | undefined>): Layout.Layout | undefined =>
  layouts.reduce(
    (best, layout) => (layout !== undefined && (best === undefined || layout.cores.length > best.cores.length) ? layout : best),
    undefined
  )

const cut = (b: Builder.Builder, x: NodeId, { shape, start }: Layout.Block): NodeId =>
  b.add("Slice", [x], { begin: start, size: shape, strides: shape.map(() => 1) })

/** A block of a node, without the rest of it where the node only repeats or counts. */
const slice = (b: Builder.Builder, x: NodeId, block: Layout.Block): NodeId => {
  const node = b.nodeOf(x)
  const { shape, start } = block
  if (sameShape(node.type.shape, shape)) return x
  if (node.op === "Fill") return Builder.fill(b, { dtype: node.type.dtype, shape }, node.attrs.value)
  if (node.op === "Iota" && start[node.attrs.axis] === 0) return b.add("Iota", [], { ...node.attrs, shape })
  if (node.op === "Broadcast") {
    const from = b.typeOf(node.inputs[0]!).shape
    const missing = shape.length - from.length
    const inner = {
      start: from.map((extent, axis) => (extent === 1 ? 0 : start[missing + axis]!)),
      shape: from.map((extent, axis) => (extent === 1 ? 1 : shape[missing + axis]!))
    }
    return Builder.broadcastTo(b, slice(b, node.inputs[0]!, inner), shape)
  }
  return cut(b, x, block)
}

interface Overlap {
  readonly part: number
  readonly from: number
  readonly length: number
}

/** The parts of an axis that overlap `length` elements from `start` on, and where in them. */
const overlaps = (parts: ReadonlyArray<number>, start: number, length: number): ReadonlyArray<Overlap> => {
  const edges = Layout.edges(parts)
  return parts.flatMap((size, part) => {
    const from = Math.max(0, start - edges[part]!)
    const to = Math.min(size, start + length - edges[part]!)
    return from < to ? [{ part, from, length: to - from }] : []
  })
}

/** The block `{0 …}` of this shape. @category rules @since 0.1.0 */
export const all = (shape: Shape): Layout.Block => ({ start: shape.map(() => 0), shape })

/** @category constructors @since 0.1.0 */
export const make = (b: Builder.Builder, cores: number): Cutter & Notes => {
  const computed = new Map<NodeId, Place>()
  const seen = new Set<string>()
  let moved = 0

  /** A core gets the same elements once, however often it reads them. */
  const move = (node: NodeId, from: number, to: Place) => {
    const key = `${node} ${to}`
    if (from === to || seen.has(key)) return
    seen.add(key)
    moved += sizeOf(b.typeOf(node).shape) * (to === "all" ? cores - 1 : 1)
  }

  const note = (place: Place, node: NodeId): NodeId => {
    if (!computed.has(node)) computed.set(node, place)
    return node
  }

  const read = (value: Value, block: Layout.Block, place: Place): NodeId => {
    const { layout, tiles } = value
    if (layout === undefined) return slice(b, tiles[0]!, block)
    const parts = layout.sizes.map((sizes, axis) => overlaps(sizes, block.start[axis]!, block.shape[axis]!))
    const joined = (found: ReadonlyArray<Overlap>): NodeId => {
      const axis = found.length
      if (axis < parts.length) {
        const nodes = parts[axis]!.map((overlap) => joined([...found, overlap]))
        return nodes.length === 1 ? nodes[0]! : b.add("Concat", nodes, { axis })
      }
      const at = Layout.indexOf(
        layout,
        found.map(({ part }) => part)
      )
      const piece = slice(b, tiles[at]!, { start: found.map(({ from }) => from), shape: found.map(({ length }) => length) })
      move(piece, layout.cores[at]!, place)
      return piece
    }
    return joined([])
  }

  return {
    b,
    read,
    whole: (value, place = "all") => read(value, all(value.type.shape), place),
    add: (place, op, inputs, attrs) => note(place, b.add(op, inputs, attrs)),
    like: (place, node, inputs) => note(place, addNode(b, node, inputs)),
    combine: (op, parts, place) => {
      const total = parts.reduce((sum, part) => note(place, b.add(op, [sum, part], {})))
      // as a ring does it: every core sends as much as it gets, once to combine and, for all to have it, once more
      moved += (parts.length - 1) * sizeOf(b.typeOf(total).shape) * (place === "all" ? 2 : 1)
      return total
    },
    images: new Map(),
    computed,
    moved: () => moved
  }
}

/** A node of one op with the op's own attributes, for rules that look at them. @category models @since 0.1.0 */
export type CutRule<K extends OpName> = (cx: Cutter, node: NodeOf<K>, inputs: ReadonlyArray<Value>) => Value | undefined

/** What is known to be computed in parts, by op; an op without a rule, and a rule's `undefined`, mean: whole. @category models @since 0.1.0 */
export type CutRules = { readonly [K in OpName]?: CutRule<K> }

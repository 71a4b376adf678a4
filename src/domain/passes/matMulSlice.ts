/**
 * A product of which only slices are read becomes a product for each slice, where that is less work: rows of the
 * result are rows of the left operand, columns those of the right one. Bit-identical.
 *
 * Transformer-XL's one product for queries, keys and values over memory and segment is the case in mind: queries of the
 * memory are never read.
 *
 * @since 0.1.0
 */
import { attrsText } from "../graph/attrsText.ts"
import * as Builder from "../graph/Builder.ts"
import type { Graph, NodeId, NodeOf } from "../graph/Graph.ts"
import { printType, type Shape, sizeOf } from "../Tensor.ts"
import { as, matrixAxes } from "./operands.ts"
import { addNode, type Context, liveNodes, type Mapper, mergeRules, type Pass, rebuild } from "./rebuild.ts"
import { reshapeRules } from "./reshapes.ts"
import { sliceBefore, sliceMotionRules, sliceOfTranspose } from "./sliceMotion.ts"
import { sliceOf, sliceRules } from "./slices.ts"
import { statsOf } from "./stats.ts"

type SliceAttrs = NodeOf<"Slice">["attrs"]

/**
 * Products, and reshapes and transposes of them, that are read by slices alone, with no more than the whole in all; by type
 * and flags of the product, as layers repeat themselves and what pays for one pays for all.
 */
const partlyRead = (graph: Graph): ReadonlyMap<string, ReadonlySet<NodeId>> => {
  const live = liveNodes(graph)
  const users: Array<Array<NodeId>> = graph.nodes.map(() => [])
  graph.nodes.forEach((node, id) => {
    if (live[id] === 1) for (const input of node.inputs) users[input]!.push(id)
  })
  const shown = new Set(graph.outputs.map((o) => o.node))
  const found = new Map<string, Set<NodeId>>()
  graph.nodes.forEach((node, id) => {
    if (node.op !== "MatMul" || live[id] === 0) return
    const chain = [id]
    let area = 0
    for (const link of chain) {
      if (shown.has(link)) return
      for (const user of users[link]!) {
        const { op, type } = graph.nodes[user]!
        if (op === "Slice") area += sizeOf(type.shape)
        else if (op === "Reshape" || op === "Transpose") chain.push(user)
        else return
      }
    }
    if (area === 0 || area > sizeOf(node.type.shape)) return
    const like = `${printType(node.type)} ${attrsText(node.op, node.attrs)}`
    found.set(like, new Set([...(found.get(like) ?? []), ...chain]))
  })
  return found
}

/** A slice of a product itself. */
const ofProduct = (cx: Context, { attrs, inputs, type }: NodeOf<"MatMul">, { begin, size, strides }: SliceAttrs): NodeId => {
  const rank = type.shape.length
  const operand = (x: NodeId, outer: number, transposed: boolean) => {
    const own = cx.typeOf(x).shape
    const at = transposed ? rank + rank - 3 - outer : outer
    // batch axes of extent 1 are repeated, the inner axis is whole
    const from = <T>(values: ReadonlyArray<T>, whole: (axis: number) => T) =>
      own.map((d, axis) => (axis === at ? values[outer]! : axis < rank - 2 && d !== 1 ? values[axis]! : whole(axis)))
    return sliceOf(
      cx,
      x,
      from(begin, () => 0),
      from(size, (axis) => own[axis]!),
      from(strides, () => 1)
    )
  }
  const a = operand(inputs[0]!, rank - 2, attrs.transposeA)
  const b = operand(inputs[1]!, rank - 1, attrs.transposeB)
  return cx.add("MatMul", [a, b], attrs)
}

/** A slice of a reshaped matrix product: cut on the axes of its rows, of its columns, or both. */
const ofReshaped = (cx: Context, product: NodeOf<"MatMul">, shape: Shape, { begin, size, strides }: SliceAttrs): NodeId | undefined => {
  const axes = product.type.shape.length === 2 ? matrixAxes(product.type.shape, shape) : undefined
  if (axes === undefined) return undefined
  const operand = (x: NodeId, side: 0 | 1, transposed: boolean) => {
    const inner = cx.typeOf(x).shape[(side === 0) !== transposed ? 1 : 0]!
    const first = (side === 0) !== transposed // the outer axes come first
    const of = (own: ReadonlyArray<number>, whole: number) => {
      const outer = axes[side].map((i) => own[i]!)
      return first ? [...outer, whole] : [whole, ...outer]
    }
    const part = sliceOf(cx, Builder.reshape(cx, x, of(shape, inner)), of(begin, 0), of(size, inner), of(strides, 1))
    const extent = sizeOf(axes[side].map((i) => size[i]!))
    return Builder.reshape(cx, part, first ? [extent, inner] : [inner, extent])
  }
  const { transposeA, transposeB } = product.attrs
  const a = operand(product.inputs[0]!, 0, transposeA)
  const b = operand(product.inputs[1]!, 1, transposeB)
  return Builder.reshape(cx, cx.add("MatMul", [a, b], product.attrs), size)
}

/** The slice of what is under `x`, down to the product; `undefined` where the elements do not lie so. */
const push = (cx: Context, x: NodeId, attrs: SliceAttrs): NodeId | undefined => {
  const node = cx.nodeOf(x)
  if (node.op === "MatMul") return ofProduct(cx, node, attrs)
  if (node.op === "Transpose") {
    let found = true
    const cut = sliceOfTranspose(cx, node, attrs, (y, at) => {
      const part = push(cx, y, at)
      found = part !== undefined
      return part ?? sliceOf(cx, y, at.begin, at.size, at.strides)
    })
    return found ? cut : undefined
  }
  if (node.op !== "Reshape") return undefined
  const under = as(cx, node.inputs[0]!, "MatMul")
  const direct = under === undefined ? undefined : ofReshaped(cx, under, node.type.shape, attrs)
  if (direct !== undefined) return direct
  const before = sliceBefore(cx.typeOf(node.inputs[0]!).shape, node.type.shape, attrs)
  const part = before === undefined ? undefined : push(cx, node.inputs[0]!, before)
  return part === undefined ? undefined : Builder.reshape(cx, part, attrs.size)
}

/** What copying an element costs, in operations of a product: about 200 GFLOP/s against 10 GB/s read and written. */
const flopsPerCopiedElement = 160
const copies: ReadonlySet<string> = new Set(["Slice", "Concat", "Pad", "Transpose"])

const costOf = (graph: Graph): number =>
  graph.nodes.reduce((n, node) => n + (copies.has(node.op) ? flopsPerCopiedElement * sizeOf(node.type.shape) : 0), statsOf(graph).matMulFlops)

const rules = mergeRules(sliceRules, reshapeRules, sliceMotionRules)

/** Those of the products that are `like` one another; the source graph where that costs more than it saves. */
const sliceProducts = (graph: Graph, like: string): Graph => {
  const chains = partlyRead(graph).get(like) ?? new Set<NodeId>()
  const map: Mapper = (cx, node, id) =>
    (node.op === "Slice" && chains.has(graph.nodes[id]!.inputs[0]!) ? push(cx, node.inputs[0]!, node.attrs) : undefined) ??
    addNode(cx, node, node.inputs)
  const after = rebuild(graph, { map, rules })
  return costOf(after) < costOf(graph) ? after : graph
}

/** @category passes @since 0.1.0 */
export const matMulSlice: Pass = (graph) => [...partlyRead(graph).keys()].reduce(sliceProducts, graph)

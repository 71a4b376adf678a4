/**
 * A sum of products becomes one product of their operands laid one after the other: `a1ᵀ b1 + a2ᵀ b2` is `[a1; a2]ᵀ [b1; b2]`. Adds up
 * in another order, so results may differ by rounding.
 *
 * The gradient of weights that are used at each of many steps in time is such a sum. Each of its products has few rows to add up, so
 * that reading and writing the sum so far takes most of its time.
 *
 * @since 0.1.0
 */
import type { Graph, NodeId, NodeOf } from "../graph/Graph.ts"
import { addNode, type Context, liveNodes, type Mapper, type Pass, rebuild, useCounts } from "./rebuild.ts"

/** Products from which laying their operands together pays for the copies. */
const fewProducts = 4

/** A sum of which some terms are products to be joined. */
interface Sum {
  readonly products: ReadonlyArray<NodeId>
  readonly others: ReadonlyArray<NodeId>
}

/** `aᵀ b` of matrices that are less than their product, read once. */
const isNarrow = (graph: Graph, id: NodeId, uses: Uint32Array): boolean => {
  const node = graph.nodes[id]!
  if (node.op !== "MatMul" || uses[id] !== 1 || node.type.shape.length !== 2) return false
  if (!node.attrs.transposeA || node.attrs.transposeB || node.attrs.exact === true) return false
  const [rows, columns] = node.type.shape as readonly [number, number] // rank 2
  return graph.nodes[node.inputs[0]!]!.type.shape[0]! * (rows + columns) < rows * columns
}

/** The terms of a sum, from left to right, through the sums that only it reads. */
const termsOf = (graph: Graph, root: NodeOf<"Add">, isPart: (id: NodeId) => boolean): ReadonlyArray<NodeId> => {
  const terms: Array<NodeId> = []
  const stack = [...root.inputs].reverse()
  for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
    if (isPart(id)) stack.push(...[...graph.nodes[id]!.inputs].reverse())
    else terms.push(id)
  }
  return terms
}

const sumsOf = (graph: Graph): ReadonlyMap<NodeId, Sum> => {
  const live = liveNodes(graph)
  const uses = useCounts(graph, live, false)
  const isPart = (id: NodeId) => graph.nodes[id]!.op === "Add" && uses[id] === 1
  const parts = new Set<NodeId>()
  graph.nodes.forEach((node, id) => {
    if (live[id] === 1 && node.op === "Add") for (const input of node.inputs) if (isPart(input)) parts.add(input)
  })
  const sums = new Map<NodeId, Sum>()
  graph.nodes.forEach((node, id) => {
    if (live[id] === 0 || node.op !== "Add" || parts.has(id)) return
    const terms = termsOf(graph, node, isPart)
    const products = terms.filter((term) => isNarrow(graph, term, uses))
    if (products.length >= fewProducts) sums.set(id, { products, others: terms.filter((term) => !products.includes(term)) })
  })
  return sums
}

/** @category passes @since 0.1.0 */
export const matMulSums: Pass = (graph) => {
  const sums = sumsOf(graph)
  if (sums.size === 0) return graph
  const joined = (cx: Context, { others, products }: Sum): NodeId => {
    const side = (i: 0 | 1) => {
      const parts = products.map((product) => cx.became(graph.nodes[product]!.inputs[i]!))
      return cx.add("Concat", parts, { axis: 0 })
    }
    const product = cx.add("MatMul", [side(0), side(1)], { transposeA: true, transposeB: false })
    return others.reduce((sum, other) => cx.add("Add", [sum, cx.became(other)], {}), product)
  }
  const map: Mapper = (cx, node, id) => {
    const sum = sums.get(id)
    return sum === undefined ? addNode(cx, node, node.inputs) : joined(cx, sum)
  }
  return rebuild(graph, { map })
}

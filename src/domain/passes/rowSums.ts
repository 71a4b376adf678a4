/**
 * The row sums of a softmax's gradient: `sum(p * (g vᵀ))` over the keys is `sum(g * (p v))` over the width, where `p v` is
 * there already (Dao et al., "FlashAttention", 2022, section 3.1: `D = rowsum(dO * O)`). Then `p * a - p * b` becomes
 * `p * (a - b)`: two passes over the scores less.
 *
 * Rounds differently: sums of other products.
 *
 * @since 0.1.0
 */
import type { Graph, Node, NodeId, NodeOf } from "../graph/Graph.ts"
import { sizeOf } from "../Tensor.ts"
import { as } from "./operands.ts"
import { addNode, liveNodes, type Mapper, type Pass, rebuild, type Rule, sameGraph } from "./rebuild.ts"

/** `g vᵀ` with `p v`, of which the sums can be had. */
interface Sums {
  readonly g: NodeId
  readonly mixed: NodeId
}

const products = (graph: Graph): ReadonlyMap<string, NodeId> => {
  const live = liveNodes(graph)
  const found = new Map<string, NodeId>()
  graph.nodes.forEach((node, id) => {
    if (node.op === "MatMul" && live[id] === 1 && !node.attrs.transposeA && !node.attrs.transposeB)
      found.set(`${node.inputs[0]} ${node.inputs[1]}`, id)
  })
  return found
}

const sumsOf = (graph: Graph, known: ReadonlyMap<string, NodeId>, node: NodeOf<"ReduceSum">): Sums | undefined => {
  const product = graph.nodes[node.inputs[0]!]!
  const { axes } = node.attrs
  if (product.op !== "Mul" || axes.length !== 1 || axes[0] !== product.type.shape.length - 1) return undefined
  for (const [p, d] of [
    [0, 1],
    [1, 0]
  ] as const) {
    const made = graph.nodes[product.inputs[d]!]!
    if (made.op !== "MatMul" || made.attrs.transposeA || !made.attrs.transposeB) continue
    const mixed = known.get(`${product.inputs[p]} ${made.inputs[1]}`)
    // worth it only where the other sum is the shorter one, and where `p v` does not come after
    if (mixed === undefined || mixed > node.inputs[0]! || sizeOf(graph.nodes[mixed]!.type.shape) >= sizeOf(product.type.shape)) continue
    return { g: made.inputs[0]!, mixed }
  }
  return undefined
}

/** `p * a - p * b` with `b` repeated: one product less, and none of them kept. */
const factor: Rule<"Sub"> = (cx, node) => {
  const [x, y] = [as(cx, node.inputs[0]!, "Mul"), as(cx, node.inputs[1]!, "Mul")]
  if (x === undefined || y === undefined || !cx.usedOnce(node.inputs[0]!) || !cx.usedOnce(node.inputs[1]!)) return undefined
  const common = x.inputs.find((p) => y.inputs.includes(p))
  if (common === undefined) return undefined
  const [a, b] = [otherThan(x, common), otherThan(y, common)]
  if (as(cx, a, "Broadcast") === undefined && as(cx, b, "Broadcast") === undefined) return undefined
  return cx.add("Mul", [common, cx.add("Sub", [a, b], {})], {})
}

const otherThan = ({ inputs }: Node, operand: NodeId): NodeId => (inputs[0] === operand ? inputs[1]! : inputs[0]!)

/** @category passes @since 0.1.0 */
export const rowSums: Pass = (graph) => {
  const known = products(graph)
  const map: Mapper = (cx, node, id) => {
    const source = graph.nodes[id]!
    const sums = source.op === "ReduceSum" ? sumsOf(graph, known, source) : undefined
    if (sums === undefined || source.op !== "ReduceSum") return addNode(cx, node, node.inputs)
    return cx.add("ReduceSum", [cx.add("Mul", [cx.became(sums.g), cx.became(sums.mixed)], {})], source.attrs)
  }
  const sums = graph.nodes.some((node) => node.op === "ReduceSum" && sumsOf(graph, known, node) !== undefined)
  const after = sums ? rebuild(graph, { map }) : graph
  const factored = rebuild(after, { rules: { Sub: [factor] } })
  return sameGraph(graph, factored) ? graph : factored
}

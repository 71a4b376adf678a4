/**
 * The mask of a ReLU's gradient comes from its result: `cast(x > 0)` is `sign(relu(x))` where `relu(x)` is there anyway. Then
 * `x` itself need not be kept, and an engine may fuse the ReLU with what makes `x`. Bit-identical
 * but for a NaN in `x`, where the mask is an engine's own `sign(NaN)`.
 *
 * @since 0.1.0
 */
import type { NodeId } from "../graph/Graph.ts"
import { addNode, type Mapper, type Pass, rebuild } from "./rebuild.ts"

/** @category passes @since 0.1.0 */
export const reluMask: Pass = (graph) => {
  const relus = new Map<NodeId, NodeId>()
  graph.nodes.forEach((node, id) => {
    if (node.op === "Relu" && node.type.dtype === "float32") relus.set(node.inputs[0]!, id)
  })
  /** The ReLU of which a cast is the mask. */
  const reluOf = (cast: NodeId): NodeId | undefined => {
    const node = graph.nodes[cast]!
    if (node.op !== "Cast" || node.attrs.dtype !== "float32") return undefined
    const greater = graph.nodes[node.inputs[0]!]!
    const zero = greater.op === "Greater" ? graph.nodes[greater.inputs[1]!]! : undefined
    return zero?.op === "Fill" && zero.attrs.value === 0 ? relus.get(greater.inputs[0]!) : undefined
  }
  if (relus.size === 0 || !graph.nodes.some((_, id) => reluOf(id) !== undefined)) return graph
  const map: Mapper = (cx, node, id) => {
    const relu = reluOf(id)
    if (relu === undefined) return addNode(cx, node, node.inputs)
    // the builder gives the ReLU that is there, also when it comes later in the source graph
    const x = cx.nodeOf(node.inputs[0]!).inputs[0]!
    return cx.add("Sign", [cx.add("Relu", [x], {})], {})
  }
  return rebuild(graph, { map })
}

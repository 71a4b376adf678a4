/**
 * Which nodes may differ from replica to replica. What cannot is computed once where several replicas share one program, and
 * state that must be equal on all replicas is checked to be.
 *
 * @since 0.1.0
 */
import type { Graph, NodeId } from "../graph/Graph.ts"
import { type OpName, randomOps } from "../graph/ops.ts"

const variantByItself: ReadonlySet<OpName> = new Set(["ReplicaId", ...randomOps])

/**
 * True for each node whose value may differ between replicas: it depends on the batch, on the cache, on the replica's number
 * or on random bits, without a sum over replicas between. State leaves count as equal as long as what they become is: the
 * greatest such set, found by assuming all equal and taking back what does not hold.
 *
 * @category analysis
 * @since 0.1.0
 */
export const replicaVariance = (graph: Graph): ReadonlyArray<boolean> => {
  const successor = new Map<string, NodeId>()
  for (const output of graph.outputs) if (output.role._tag === "State") successor.set(output.name, output.node)
  const assumed = new Set<NodeId>()
  for (const p of graph.parameters) if (p.role._tag === "Batch" || p.role.kind === "cache") assumed.add(p.node)
  for (;;) {
    const variant = spread(graph, assumed)
    const before = assumed.size
    for (const p of graph.parameters) {
      const next = p.role._tag === "State" ? successor.get(p.name) : undefined
      if (next !== undefined && variant[next] === true) assumed.add(p.node)
    }
    if (assumed.size === before) return variant
  }
}

const spread = (graph: Graph, variantParameters: ReadonlySet<NodeId>): ReadonlyArray<boolean> => {
  const variant = new Array<boolean>(graph.nodes.length).fill(false)
  graph.nodes.forEach((node, id) => {
    if (node.op === "CrossReplicaSum") return
    variant[id] = variantByItself.has(node.op) || variantParameters.has(id) || node.inputs.some((input) => variant[input])
  })
  return variant
}

/**
 * Names of the state leaves that should be equal on all replicas and would not stay so: variables, slots, random key or
 * step whose successor depends on one replica's data. Usually a gradient that was not summed over replicas.
 *
 * @category analysis
 * @since 0.1.0
 */
export const divergentState = (graph: Graph): ReadonlyArray<string> => {
  const variant = replicaVariance(graph)
  return graph.parameters.flatMap((p) => (p.role._tag === "State" && p.role.kind !== "cache" && variant[p.node] === true ? [p.name] : []))
}

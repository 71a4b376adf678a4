/**
 * Which values may differ between replicas.
 *
 * @since 0.1.0
 */
import type { Graph } from "../../domain/graph/Graph.ts"
import { type OpName, randomOps } from "../../domain/graph/ops.ts"

const sources: ReadonlySet<OpName> = new Set<OpName>([...randomOps, "ReplicaId"])

/** 1 for each node that depends on the batch, a cache leaf, a draw or the replica's number, other than through a collective. */
export const replicaVariant = ({ nodes, parameters }: Graph): Uint8Array => {
  const variant = new Uint8Array(nodes.length)
  for (const { role, node } of parameters) if (role._tag === "Batch" || role.kind === "cache") variant[node] = 1
  nodes.forEach((node, id) => {
    if (node.op === "CrossReplicaSum") return
    if (sources.has(node.op) || node.inputs.some((input) => variant[input] === 1)) variant[id] = 1
  })
  return variant
}

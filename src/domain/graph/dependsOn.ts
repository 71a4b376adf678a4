/**
 * Whether a value follows from another.
 *
 * @since 0.1.0
 */
import type { Graph, NodeId } from "./Graph.ts"

/** Whether `node` is, or is computed from, `from`. @category rules @since 0.1.0 */
export const dependsOn = ({ nodes }: Graph, node: NodeId, from: NodeId): boolean => {
  const seen = new Set<NodeId>([node])
  // a node comes after those it is computed from; the set grows while it is gone through
  for (const id of seen) {
    if (id === from) return true
    for (const input of nodes[id]!.inputs) if (input >= from) seen.add(input)
  }
  return false
}

/**
 * What cutting a graph over cores comes to: whether it pays.
 *
 * @since 0.1.0
 */
import type { Graph, Node, NodeId } from "../../graph/Graph.ts"
import type { OpName } from "../../graph/ops.ts"
import { sizeOf } from "../../Tensor.ts"
import { multiplyAdds } from "../stats.ts"
import type { Place } from "./Cutter.ts"

/** Figures of one step on one replica. @category models @since 0.1.0 */
export interface Report {
  readonly cores: number
  /** Nodes of the uncut graph that are computed in parts, each core its own. */
  readonly cutNodes: number
  /** Nodes of the uncut graph that every core computes whole; literals and parameters do not count. */
  readonly wholeNodes: number
  /** The latter by op, most first. */
  readonly wholeOps: ReadonlyMap<string, number>
  /** Elements that go from one core to another: halos, gathered values (once to each other core), partial results (as a ring combines them). */
  readonly movedElements: number
  /** The part of the cut work that the core with most of it has: `1 / cores` at best, 1 where nothing is cut. */
  readonly largestShare: number
  /** The work of that core, with what is computed whole, as a part of the uncut graph's: what a step may cost at least. */
  readonly busiestShare: number
}

/** Ops without work. @category rules @since 0.1.0 */
export const literals: ReadonlySet<OpName> = new Set(["Parameter", "Constant", "Fill", "Iota", "ReplicaId"])

/** Multiply-adds of a product, else elements of the larger of result and operands. */
const workOf = (graph: Graph, node: Node): number => {
  const product = multiplyAdds(graph, node)
  if (product !== undefined) return product
  if (node.op === "MaxPool" || node.op === "AvgPool") return sizeOf(node.type.shape) * sizeOf(node.attrs.window)
  return Math.max(sizeOf(node.type.shape), ...node.inputs.map((id) => sizeOf(graph.nodes[id]!.type.shape)))
}

/** Work of what some cores compute, and of what all do. @category analysis @since 0.1.0 */
export const sharesOf = (
  graph: Graph,
  live: Uint8Array,
  computed: ReadonlyMap<NodeId, Place>,
  cores: number
): Pick<Report, "largestShare" | "busiestShare"> => {
  const own = new Float64Array(cores)
  let whole = 0
  for (const [id, place] of computed) {
    if (live[id] === 0 || literals.has(graph.nodes[id]!.op)) continue
    const work = workOf(graph, graph.nodes[id]!)
    if (place === "all") whole += work
    else own[place]! += work
  }
  const most = own.reduce((a, b) => Math.max(a, b))
  const cut = own.reduce((a, b) => a + b)
  return { largestShare: cut === 0 ? 1 : most / cut, busiestShare: cut + whole === 0 ? 1 : (most + whole) / (cut + whole) }
}

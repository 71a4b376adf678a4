/**
 * Cuts the graph that some nodes need out of the pending one.
 *
 * @since 0.1.0
 */
import * as Builder from "../../../domain/graph/Builder.ts"
import type { Graph, NodeId } from "../../../domain/graph/Graph.ts"
import type { OpAttrs, OpName } from "../../../domain/graph/ops.ts"
import type { TensorData } from "../../../domain/Tensor.ts"
import type { LazyNode } from "./LazyNode.ts"

export interface Cut {
  readonly graph: Graph
  readonly parameters: ReadonlyArray<TensorData>
  /** Which node each output is the value of. */
  readonly results: ReadonlyArray<LazyNode>
}

/** Worth less than the memory of their results: made again where another cut needs them. */
const cheap: ReadonlySet<OpName> = new Set(["Constant", "Fill", "Iota", "Reshape", "Broadcast"])

/** What the roots need, operands first; values end the search. Without recursion, for chains may be long. */
const ordered = (roots: ReadonlyArray<LazyNode>): ReadonlyArray<LazyNode> => {
  const order: Array<LazyNode> = []
  const done = new Set<LazyNode>()
  for (const root of roots) {
    const open: Array<{ readonly node: LazyNode; next: number }> = [{ node: root, next: 0 }]
    while (open.length > 0) {
      const top = open[open.length - 1]!
      const operand = done.has(top.node) ? undefined : top.node.pending?.operands[top.next++]
      if (operand !== undefined) {
        if (!done.has(operand)) open.push({ node: operand, next: 0 })
        continue
      }
      open.pop()
      if (done.has(top.node)) continue
      done.add(top.node)
      order.push(top.node)
    }
  }
  return order
}

/** Nodes whose value somebody outside of the cut will want: live tensors, or nodes that stay pending. */
const wanted = (order: ReadonlyArray<LazyNode>, roots: ReadonlySet<LazyNode>): ReadonlyArray<LazyNode> => {
  const within = new Map<LazyNode, number>()
  for (const { pending } of order) for (const operand of pending?.operands ?? []) within.set(operand, (within.get(operand) ?? 0) + 1)
  return order.filter((node) => {
    if (node.pending === undefined) return false
    if (roots.has(node) || node.holders > 0) return true
    return node.readers > (within.get(node) ?? 0) && !cheap.has(node.pending.node.op)
  })
}

/**
 * The graph of what `roots` need. Values become parameters in the order in which they are met, so that equal programs give
 * equal graphs whatever their numbers. Outputs are the roots and what else is computed on the way and wanted later.
 */
export const cut = (roots: ReadonlyArray<LazyNode>): Cut => {
  const order = ordered(roots)
  const builder = Builder.make()
  const ids = new Map<LazyNode, NodeId>()
  const parameters: Array<TensorData> = []
  for (const node of order) {
    const { pending, value, type } = node
    if (pending === undefined) {
      if (value === undefined) throw new Error("a pending node was let go while another one needs it") // broken count of readers
      ids.set(node, builder.parameter(`x${parameters.length}`, { _tag: "Batch" }, type))
      parameters.push(value)
      continue
    }
    const { op, attrs } = pending.node
    const operands = pending.operands.map((operand) => ids.get(operand)!)
    // parameters have values; the union of ops forgets that `attrs` belongs to `op`
    ids.set(node, builder.add(op as "Add", operands, attrs as OpAttrs["Add"]))
  }
  const results = wanted(order, new Set(roots))
  results.forEach((node, i) => builder.output(`y${i}`, { _tag: "Outfeed" }, ids.get(node)!))
  return { graph: builder.build(), parameters, results }
}

/**
 * Evaluates a program's graph of first values by the reference rules, so that they are the same bits on every engine.
 *
 * It walks the graph itself, as `domain/graph/Evaluate` would, because that one brings the schemas of its typed errors with
 * it: a hundred milliseconds and many megabytes in each worker.
 *
 * @since 0.1.0
 */
import { type EvaluateRule, evaluateRules, type LocalOp } from "../../../domain/graph/evaluateRules.ts"
import type { Graph, Node, NodeId } from "../../../domain/graph/Graph.ts"
import type { Tensor, TensorData } from "../../../domain/Tensor.ts"

const valueOf = (node: Node, inputs: ReadonlyArray<Tensor>): TensorData => {
  // one replica's first values are all replicas'
  if (node.op === "CrossReplicaSum") return inputs[0]!.data
  // the rule and the attributes are of the same op, which the table's type cannot say for a union
  const rule = evaluateRules[node.op as LocalOp] as EvaluateRule<LocalOp>
  return rule(inputs, node.attrs as Parameters<typeof rule>[1], node.type, 0)
}

/**
 * The outputs in the graph's order; its only parameter is the random key. Throws for a value without a meaning.
 *
 * @category evaluation
 * @since 0.1.0
 */
export const firstValues = (graph: Graph, key: Int32Array): ReadonlyArray<TensorData> => {
  const readers = new Int32Array(graph.nodes.length)
  for (const node of graph.nodes) for (const i of node.inputs) readers[i]!++
  for (const output of graph.outputs) readers[output.node]!++
  const values = new Map<NodeId, Tensor>()
  graph.nodes.forEach((node, id) => {
    const inputs = node.inputs.map((i) => values.get(i)!)
    values.set(id, { ...node.type, data: node.op === "Parameter" ? key : valueOf(node, inputs) })
    // let go of what nobody will read again
    for (const i of node.inputs) if (--readers[i]! === 0) values.delete(i)
  })
  return graph.outputs.map((output) => values.get(output.node)!.data)
}

/**
 * Evaluates graphs on the host: the reference meaning, for one replica or several in lock step.
 *
 * @since 0.1.0
 */
import type { Tensor, TensorData } from "../Tensor.ts"
import { ValueRefusal } from "./evaluate/structure.ts"
import { type EvaluateRule, evaluateRules, type LocalOp } from "./evaluateRules.ts"
import type { Graph, Node, NodeId } from "./Graph.ts"
import { GraphError } from "./GraphError.ts"

/**
 * The value of one node from its operands' values, on one replica. The result may share elements with an operand or with
 * the node's own literal. Throws `GraphError` for a value without a meaning (an index out of range). `Parameter` and
 * `CrossReplicaSum` have no value of their own: asking for it is a mistake of the caller.
 *
 * @category evaluation
 * @since 0.1.0
 */
export const evaluateNode = (node: Node, inputs: ReadonlyArray<Tensor>, replica: number): Tensor => {
  if (node.op === "Parameter" || node.op === "CrossReplicaSum") throw new GraphError({ op: node.op, detail: "has no value on one replica alone" })
  try {
    // the rule and the attributes are of the same op, which the table's type cannot say for a union
    const rule = evaluateRules[node.op] as EvaluateRule<LocalOp>
    return { ...node.type, data: rule(inputs, node.attrs, node.type, replica) }
  } catch (error) {
    if (!(error instanceof ValueRefusal)) throw error
    throw new GraphError({ op: node.op, detail: error.message, ...(node.source === undefined ? {} : { source: node.source }) })
  }
}

/** Added up in replica order with one rounding per addition: what a chain of `Add` nodes over merged replicas gives. */
const sumOverReplicas = (values: ReadonlyArray<Tensor>): Tensor => {
  const first = values[0]!
  const data = first.data.slice()
  for (let r = 1; r < values.length; r++) {
    const other = values[r]!.data
    for (let i = 0; i < data.length; i++) data[i]! += other[i]!
  }
  return { ...first, data }
}

/** 1 for each node that some output needs. @category analysis @since 0.1.0 */
export const neededNodes = (graph: Graph): Uint8Array => {
  const needed = new Uint8Array(graph.nodes.length)
  for (const output of graph.outputs) needed[output.node] = 1
  for (let i = graph.nodes.length - 1; i >= 0; i--) if (needed[i] === 1) for (const input of graph.nodes[i]!.inputs) needed[input] = 1
  return needed
}

/** For each node, the last needed node that uses it; `nodes.length` for outputs, itself for nodes without a use. @category analysis @since 0.1.0 */
export const lastUses = (graph: Graph, needed: Uint8Array = neededNodes(graph)): Int32Array => {
  const last = Int32Array.from(graph.nodes, (_, i) => i)
  graph.nodes.forEach((node, i) => {
    if (needed[i] === 1) for (const input of node.inputs) last[input] = i
  })
  for (const output of graph.outputs) last[output.node] = graph.nodes.length
  return last
}

/** A graph made ready to be evaluated often. @category models @since 0.1.0 */
export interface Evaluator {
  /**
   * `parameters[replica][parameter]` to `outputs[replica][output]`, both in the graph's order. Outputs may share elements
   * with parameters, with each other and with literals of the graph: copy what is to be written to.
   */
  readonly run: (parameters: ReadonlyArray<ReadonlyArray<TensorData>>) => ReadonlyArray<ReadonlyArray<TensorData>>
}

/**
 * Only nodes that outputs need are evaluated, and a value is let go after its last use.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (graph: Graph): Evaluator => {
  const needed = neededNodes(graph)
  const last = lastUses(graph, needed)
  /** Values that are let go after each node. */
  const ends: Array<Array<NodeId>> = graph.nodes.map(() => [])
  for (let i = 0; i < last.length; i++) if (last[i]! < graph.nodes.length) ends[last[i]!]!.push(i)

  const run = (parameters: ReadonlyArray<ReadonlyArray<TensorData>>) => {
    const replicas = parameters.length
    const values: Array<Array<Tensor | undefined>> = parameters.map(() => new Array<Tensor | undefined>(graph.nodes.length).fill(undefined))
    graph.nodes.forEach((node, id) => {
      if (needed[id] === 0) return
      if (node.op === "CrossReplicaSum") {
        const total = sumOverReplicas(values.map((of) => of[node.inputs[0]!]!))
        for (const of of values) of[id] = total
      } else {
        for (let r = 0; r < replicas; r++) {
          const of = values[r]!
          of[id] =
            node.op === "Parameter"
              ? { ...node.type, data: parameters[r]![node.attrs.index]! }
              : evaluateNode(
                  node,
                  node.inputs.map((i) => of[i]!),
                  r
                )
        }
      }
      for (const end of ends[id]!) for (const of of values) of[end] = undefined
    })
    return values.map((of) => graph.outputs.map((output) => of[output.node]!.data))
  }
  return { run }
}

/** One replica, once: parameters and outputs in the graph's order. @category evaluation @since 0.1.0 */
export const evaluate = (graph: Graph, parameters: ReadonlyArray<TensorData>): ReadonlyArray<TensorData> => make(graph).run([parameters])[0]!

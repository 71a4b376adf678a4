/**
 * Merges the replicas of a graph into one, for an engine that runs them all in one program.
 *
 * @since 0.1.0
 */
import * as Builder from "../graph/Builder.ts"
import type { Graph, Node, NodeId } from "../graph/Graph.ts"
import { type OpName, type RandomAttrs, randomOps } from "../graph/ops.ts"
import { addNode, compact, liveNodes } from "./rebuild.ts"
import { replicaVariance } from "./variance.ts"

/** Which of the per-replica graph's parameters (or outputs) one of the merged graph's is, and whose; no replica: shared by all. @category models @since 0.1.0 */
export interface ReplicaOrigin {
  readonly index: number
  readonly replica: number | undefined
}

/** @category models @since 0.1.0 */
export interface ReplicaMap {
  /** For each parameter of the merged graph. */
  readonly parameters: ReadonlyArray<ReplicaOrigin>
  /** For each output of the merged graph. */
  readonly outputs: ReadonlyArray<ReplicaOrigin>
}

/** @category models @since 0.1.0 */
export interface Replicated {
  readonly graph: Graph
  readonly map: ReplicaMap
}

/** The name of replica `k`'s own leaf. @category rules @since 0.1.0 */
export const replicaName = (name: string, replica: number): string => `${name}/replica_${replica}`

const isRandom: ReadonlySet<OpName> = new Set(randomOps)

/** `((r0 + r1) + r2) + …`: the order in which the reference adds. */
const sumOf = (b: Builder.Builder, nodes: ReadonlyArray<NodeId>): NodeId => nodes.reduce((total, x) => b.add("Add", [total, x], {}))

const addForReplica = (b: Builder.Builder, node: Node, inputs: ReadonlyArray<NodeId>, replica: number): NodeId => {
  if (node.op === "ReplicaId") return Builder.scalar(b, "int32", replica, node.source)
  if (!isRandom.has(node.op)) return addNode(b, node, inputs)
  const attrs = { ...(node.attrs as RandomAttrs), ...(replica === 0 ? {} : { replica }) } // the set holds the random ops only
  return addNode(b, { ...node, attrs } as Node, inputs)
}

/**
 * The graph of `n` replicas in one. Nodes that are equal on all replicas are there once, all others `n` times.
 * `CrossReplicaSum` is a chain of `Add`s in replica order, `ReplicaId` a literal, and a random node names its replica
 * (no `replica` attribute: replica 0). A leaf that differs between replicas (batch, cache) becomes `name/replica_k`, and so
 * does an output; the loss is the mean over replicas, one scalar. With one replica names stay as they are.
 *
 * Evaluated as one replica, it gives the same bits as the source graph on `n` replicas in lock step.
 *
 * @category rewriting
 * @since 0.1.0
 */
export const replicate = (graph: Graph, n: number): Replicated => {
  const variant = replicaVariance(graph)
  const live = liveNodes(graph)
  const b = Builder.make()
  const shared = (id: NodeId) => n === 1 || variant[id] !== true
  const replicas = Array.from({ length: n }, (_, k) => k)
  const name = (own: string, k: number) => (n === 1 ? own : replicaName(own, k))
  /** For each node its copies: one, or one for each replica. */
  const copies = new Array<ReadonlyArray<NodeId>>(graph.nodes.length).fill([])
  const copy = (id: NodeId, k: number): NodeId => copies[id]![shared(id) ? 0 : k]!

  const parameters = graph.parameters.flatMap((p, index): ReadonlyArray<ReplicaOrigin> => {
    const { type } = graph.nodes[p.node]!
    // a batch leaf is each replica's own, also where nothing comes of it
    const once = shared(p.node) && (n === 1 || p.role._tag === "State")
    copies[p.node] = once ? [b.parameter(p.name, p.role, type)] : replicas.map((k) => b.parameter(name(p.name, k), p.role, type))
    return once ? [{ index, replica: undefined }] : replicas.map((replica) => ({ index, replica }))
  })
  graph.nodes.forEach((node, id) => {
    if (live[id] === 0 || node.op === "Parameter") return
    const inputsOf = (k: number) => node.inputs.map((input) => copy(input, k))
    if (node.op === "CrossReplicaSum")
      copies[id] = [
        sumOf(
          b,
          replicas.map((k) => inputsOf(k)[0]!)
        )
      ]
    else if (shared(id)) copies[id] = [addForReplica(b, node, inputsOf(0), 0)]
    else copies[id] = replicas.map((k) => addForReplica(b, node, inputsOf(k), k))
  })
  const outputs = graph.outputs.flatMap((o, index): ReadonlyArray<ReplicaOrigin> => {
    if (o.role._tag === "Loss" && n > 1) {
      const total = sumOf(
        b,
        replicas.map((k) => copy(o.node, k))
      )
      b.output(o.name, o.role, b.add("Div", [total, Builder.scalar(b, "float32", n)], {}))
      return [{ index, replica: undefined }]
    }
    if (shared(o.node)) {
      b.output(o.name, o.role, copies[o.node]![0]!)
      return [{ index, replica: undefined }]
    }
    return replicas.map((replica) => {
      b.output(name(o.name, replica), o.role, copy(o.node, replica))
      return { index, replica }
    })
  })
  return { graph: compact(b.build()), map: { parameters, outputs } }
}

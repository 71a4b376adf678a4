/**
 * Which state leaves may be updated in place.
 *
 * @since 0.1.0
 */
import type { Graph, Node, NodeId } from "../graph/Graph.ts"
import type { OpName } from "../graph/ops.ts"
import { sameType } from "../Tensor.ts"
import { isElementwise } from "./operands.ts"
import { liveNodes } from "./rebuild.ts"

/** A state parameter with its successor. @category models @since 0.1.0 */
export interface Donation {
  /** Index into `Graph.parameters`. */
  readonly parameter: number
  /** Index into `Graph.outputs`. */
  readonly output: number
  /** The successor may be written to the parameter's own buffer: nobody reads the old value once the new one is being written. */
  readonly inPlace: boolean
}

/** Ops that engines give as another view of their operand's buffer: who reads the view reads the buffer. */
const views: ReadonlySet<OpName> = new Set(["Reshape", "Broadcast", "Transpose", "Slice", "Cast", "Barrier"])

/** Live nodes by what they read. */
const readersOf = (graph: Graph, live: Uint8Array): ReadonlyArray<ReadonlyArray<NodeId>> => {
  const readers: Array<Array<NodeId>> = graph.nodes.map(() => [])
  graph.nodes.forEach((node, id) => {
    if (live[id] === 1) for (const input of new Set(node.inputs)) readers[input]!.push(id)
  })
  return readers
}

/** `true` when all of `wanted` come before `node` by their values. */
const areAncestors = (graph: Graph, node: NodeId, wanted: ReadonlySet<NodeId>): boolean => {
  const open = new Set(wanted)
  const oldest = Math.min(...wanted)
  const seen = new Set<NodeId>([node])
  const stack = [node]
  while (stack.length > 0 && open.size > 0) {
    for (const input of graph.nodes[stack.pop()!]!.inputs) {
      if (input < oldest || seen.has(input)) continue
      seen.add(input)
      open.delete(input)
      stack.push(input)
    }
  }
  return open.size === 0
}

/** Position by position, the writer reads what it overwrites: an elementwise op on the leaf itself, of its type. */
const overwrites = (graph: Graph, writer: Node, leaf: NodeId, through: ReadonlySet<NodeId>): boolean =>
  isElementwise(writer.op) && sameType(writer.type, graph.nodes[leaf]!.type) && writer.inputs.every((input) => input === leaf || !through.has(input))

const isInPlace = (
  graph: Graph,
  readers: ReadonlyArray<ReadonlyArray<NodeId>>,
  isOutput: ReadonlyMap<NodeId, number>,
  leaf: NodeId,
  writer: NodeId
): boolean => {
  // a leaf handed on or shown elsewhere, or a successor that two outputs share, needs a buffer of its own
  if (writer === leaf || isOutput.has(leaf) || isOutput.get(writer) !== 1 || views.has(graph.nodes[writer]!.op)) return false
  const through = new Set<NodeId>([leaf])
  const reading = new Set<NodeId>()
  for (const view of through) {
    for (const reader of readers[view]!) {
      if (reader === writer) continue
      reading.add(reader)
      if (!views.has(graph.nodes[reader]!.op)) continue
      if (isOutput.has(reader)) return false
      through.add(reader)
    }
  }
  const readsItself = graph.nodes[writer]!.inputs.some((input) => through.has(input))
  if (readsItself && !overwrites(graph, graph.nodes[writer]!, leaf, through)) return false
  return reading.size === 0 || areAncestors(graph, writer, reading)
}

/**
 * Each state parameter that has a successor of its type, and whether that may take its place in memory: every reader of the
 * old value is needed for the new one, or computes it elementwise. So it is for the variables and slots of an optimizer,
 * and not for a memory that is shifted.
 *
 * @category analysis
 * @since 0.1.0
 */
export const donatable = (graph: Graph): ReadonlyArray<Donation> => {
  const readers = readersOf(graph, liveNodes(graph))
  const isOutput = new Map<NodeId, number>()
  for (const output of graph.outputs) isOutput.set(output.node, (isOutput.get(output.node) ?? 0) + 1)
  const successors = new Map(graph.outputs.flatMap((o, index) => (o.role._tag === "State" ? [[o.name, index] as const] : [])))
  return graph.parameters.flatMap((p, parameter) => {
    const output = p.role._tag === "State" ? successors.get(p.name) : undefined
    if (output === undefined) return []
    const writer = graph.outputs[output]!.node
    return [{ parameter, output, inPlace: isInPlace(graph, readers, isOutput, p.node, writer) }]
  })
}

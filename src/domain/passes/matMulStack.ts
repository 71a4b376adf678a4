/**
 * Products of several small matrices with one matrix become one product of the small ones stacked, of which each takes its rows.
 * Bit-identical as long as an engine's product of a row does not depend on how many rows there are.
 *
 * What a recurrent net computes from its inputs at each step in time is such a set of products (and so are the gradients of those
 * inputs): none of them needs another's result, and each would read all weights again for a few rows.
 *
 * Runs once, after the rewrites that move slices towards operands, which would take it back.
 *
 * @since 0.1.0
 */
import { attrsText } from "../graph/attrsText.ts"
import type { Graph, Node, NodeId, NodeOf } from "../graph/Graph.ts"
import { addNode, liveNodes, type Mapper, type Pass, rebuild } from "./rebuild.ts"

/** Rows of a product from which it reads its weights often enough by itself. */
const manyRows = 64
/** Products from which stacking pays. */
const fewProducts = 4

type Groups = ReadonlyMap<NodeId, ReadonlyArray<NodeId>>

const rowsOf = ({ type }: Node) => type.shape[0]!

/** Small products by their right operand, flags and rows. */
const candidates = (graph: Graph): ReadonlyArray<ReadonlyArray<NodeId>> => {
  const live = liveNodes(graph)
  const found = new Map<string, Array<NodeId>>()
  graph.nodes.forEach((node, id) => {
    if (live[id] === 0 || node.op !== "MatMul" || node.type.shape.length !== 2 || node.attrs.transposeA) return
    const rows = rowsOf(node)
    if (rows >= manyRows || rows === 0) return
    const key = `${node.inputs[1]} ${attrsText(node.op, node.attrs)} ${rows}`
    const group = found.get(key)
    if (group === undefined) found.set(key, [id])
    else group.push(id)
  })
  return [...found.values()].filter((group) => group.length >= fewProducts)
}

/** Whether what the group's left operands are made of leads back to one of the group, other groups being computed as a whole. */
const isCircular = (graph: Graph, group: ReadonlyArray<NodeId>, others: Groups): boolean => {
  const members = new Set(group)
  const seen = new Set<NodeId>()
  const stack = group.flatMap((id) => graph.nodes[id]!.inputs)
  for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
    if (members.has(id)) return true
    if (seen.has(id)) continue
    seen.add(id)
    stack.push(...graph.nodes[id]!.inputs, ...(others.get(id) ?? []).flatMap((other) => graph.nodes[other]!.inputs))
  }
  return false
}

/** For each product to be stacked, those with which. */
const groupsOf = (graph: Graph): Groups => {
  const groups = new Map<NodeId, ReadonlyArray<NodeId>>()
  for (const group of candidates(graph)) {
    if (!isCircular(graph, group, groups)) for (const id of group) groups.set(id, group)
  }
  return groups
}

/** The same nodes in an order in which the operands of all of a group come before the first of it. */
const reordered = (graph: Graph, groups: Groups): { readonly graph: Graph; readonly groups: Groups } => {
  const at = new Array<NodeId>(graph.nodes.length).fill(-1)
  const nodes: Array<Node> = []
  const needs = (id: NodeId) => [...graph.nodes[id]!.inputs, ...(groups.get(id) ?? []).flatMap((other) => graph.nodes[other]!.inputs)]
  const place = (id: NodeId) => {
    const node = graph.nodes[id]!
    at[id] = nodes.length
    nodes.push({ ...node, inputs: node.inputs.map((input) => at[input]!) } as Node) // the spread keeps op and attrs together
  }
  const visit = (root: NodeId) => {
    const stack = [root]
    while (stack.length > 0) {
      const id = stack.at(-1)!
      const missing = at[id] === -1 ? needs(id).filter((input) => at[input] === -1) : []
      if (missing.length > 0) stack.push(...missing)
      else {
        stack.pop()
        if (at[id] === -1) place(id)
      }
    }
  }
  for (const { node } of graph.parameters) place(node)
  graph.nodes.forEach((_, id) => visit(id))
  return {
    graph: {
      nodes,
      parameters: graph.parameters.map((p) => ({ ...p, node: at[p.node]! })),
      outputs: graph.outputs.map((o) => ({ ...o, node: at[o.node]! }))
    },
    groups: new Map([...groups].map(([id, group]) => [at[id]!, group.map((other) => at[other]!)]))
  }
}

/** @category passes @since 0.1.0 */
export const matMulStack: Pass = (source) => {
  const found = groupsOf(source)
  if (found.size === 0) return source
  const { graph, groups } = reordered(source, found)
  /** Products of groups by their first. */
  const stacked = new Map<NodeId, NodeId>()
  const map: Mapper = (cx, node, id) => {
    const group = groups.get(id)
    if (group === undefined) return addNode(cx, node, node.inputs)
    const { attrs, type } = node as NodeOf<"MatMul"> // groups are of products
    const left = () => {
      const parts = group.map((other) => cx.became(graph.nodes[other]!.inputs[0]!))
      return cx.add("Concat", parts, { axis: 0 })
    }
    const product = stacked.get(group[0]!) ?? cx.add("MatMul", [left(), node.inputs[1]!], attrs)
    stacked.set(group[0]!, product)
    const [rows, columns] = type.shape as readonly [number, number] // rank 2
    return cx.add("Slice", [product], { begin: [group.indexOf(id) * rows, 0], size: [rows, columns], strides: [1, 1] })
  }
  return rebuild(graph, { map })
}

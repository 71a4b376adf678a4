/**
 * The walker under every pass: goes over the live nodes once, in order, and adds each to a new graph through the builder,
 * so that equal nodes become one. A pass says what to add instead.
 *
 * @since 0.1.0
 */
import * as Builder from "../graph/Builder.ts"
import type { Graph, Node, NodeId, NodeOf } from "../graph/Graph.ts"
import { attrsText } from "../graph/attrsText.ts"
import type { OpAttrs, OpName } from "../graph/ops.ts"

/** What a rewrite works with: the graph under construction. `add` applies the rules of the pass to what it adds. @category models @since 0.1.0 */
export interface Context extends Builder.Builder {
  /** What a node of the source graph that the walk has been at became; of parameters it is always known. */
  readonly became: (source: NodeId) => NodeId
  /** How many operands and outputs of the source graph read what became this node; 1 for a node that a rule made. */
  readonly uses: (node: NodeId) => number
  /** Only one operand or output reads it, be it through reshapes, and that is sure: false for a node that a rule made in this walk. */
  readonly usedOnce: (node: NodeId) => boolean
}

/** The node to use instead of `node` (whose operands are of the new graph), or `undefined` to keep it. @category models @since 0.1.0 */
export type Rule<K extends OpName> = (cx: Context, node: NodeOf<K>, id: NodeId) => NodeId | undefined

/** Rules by the op they look at, tried in order; the first that gives a node wins. @category models @since 0.1.0 */
export type Rules = { readonly [K in OpName]?: ReadonlyArray<Rule<K>> }

/** @category models @since 0.1.0 */
export type Pass = (graph: Graph) => Graph

/** Marks the nodes that an output needs. @category analysis @since 0.1.0 */
export const liveNodes = (graph: Graph): Uint8Array => {
  const live = new Uint8Array(graph.nodes.length)
  for (const output of graph.outputs) live[output.node] = 1
  for (let id = graph.nodes.length - 1; id >= 0; id--) {
    if (live[id] === 1) for (const input of graph.nodes[id]!.inputs) live[input] = 1
  }
  return live
}

/**
 * For each node the number of operands of live nodes and outputs that read it; with `throughReshapes`, readers of a reshape
 * count instead of the reshape.
 *
 * @category analysis
 * @since 0.1.0
 */
export const useCounts = (graph: Graph, live: Uint8Array, throughReshapes: boolean): Uint32Array => {
  const uses = new Uint32Array(graph.nodes.length)
  for (const output of graph.outputs) uses[output.node]!++
  for (let id = graph.nodes.length - 1; id >= 0; id--) {
    const node = graph.nodes[id]!
    if (live[id] === 1) for (const input of node.inputs) uses[input]! += throughReshapes && node.op === "Reshape" ? uses[id]! : 1
  }
  return uses
}

/** Equal node by node, parameters and outputs included. @category analysis @since 0.1.0 */
export const sameGraph = (a: Graph, b: Graph): boolean => {
  const sameNode = (x: Node, y: Node) =>
    x.op === y.op &&
    x.inputs.length === y.inputs.length &&
    x.inputs.every((input, i) => input === y.inputs[i]) &&
    (x.attrs === y.attrs || (x.op !== "Constant" && attrsText(x.op, x.attrs) === attrsText(y.op, y.attrs)))
  return (
    a.nodes.length === b.nodes.length &&
    a.outputs.length === b.outputs.length &&
    a.outputs.every((output, i) => output.node === b.outputs[i]!.node) &&
    a.nodes.every((node, id) => sameNode(node, b.nodes[id]!))
  )
}

/** Adds a node of any op but `Parameter`, whose attributes are known to be its own. @category rewriting @since 0.1.0 */
export const addNode = (b: Builder.Builder, node: Node, inputs: ReadonlyArray<NodeId>): NodeId =>
  // the union of ops forgets that `attrs` belongs to `op`; both come from one node
  b.add(node.op as "Add", inputs, node.attrs as OpAttrs["Add"], node.source)

/** Adds what stands for `node` of the source graph; `node.inputs` are ids of the new graph, `id` is of the source graph. @category models @since 0.1.0 */
export type Mapper = (cx: Context, node: Node, id: NodeId) => NodeId

const simplifier = (rules: Rules, cx: () => Context) => {
  const known = new Map<NodeId, NodeId>()
  return (id: NodeId): NodeId => {
    const done = known.get(id)
    if (done !== undefined) return done
    known.set(id, id) // a rule that comes back to this node ends here
    const context = cx()
    const node = context.nodeOf(id)
    // the table is typed per op; the index forgets it
    for (const rule of (rules[node.op] ?? []) as ReadonlyArray<Rule<OpName>>) {
      const to = rule(context, node, id)
      if (to !== undefined && to !== id) {
        known.set(id, to)
        return to
      }
    }
    return id
  }
}

/**
 * The source graph's parameters (all), live nodes (each as `map` says, by default unchanged) and outputs, in a new graph.
 * Equal nodes become one; dead ones, and those which rules left behind, are gone.
 *
 * @category rewriting
 * @since 0.1.0
 */
export const rebuild = (
  graph: Graph,
  { rules = {}, map = (cx, node) => addNode(cx, node, node.inputs) }: { readonly rules?: Rules; readonly map?: Mapper } = {}
): Graph => {
  const live = liveNodes(graph)
  const counts = useCounts(graph, live, false)
  const readCounts = useCounts(graph, live, true)
  const builder = Builder.make()
  const uses = new Map<NodeId, number>()
  const reads = new Map<NodeId, number>()
  let source: string | undefined
  const simplify = simplifier(rules, () => cx)
  const mapped = new Array<NodeId>(graph.nodes.length).fill(-1)
  const cx: Context = {
    ...builder,
    became: (id) => mapped[id]!,
    add: (op, inputs, attrs, at) => simplify(builder.add(op, inputs, attrs, at ?? source)),
    uses: (node) => uses.get(node) ?? 1,
    usedOnce: (node) => reads.get(node) === 1
  }
  const become = (id: NodeId, to: NodeId) => {
    mapped[id] = to
    uses.set(to, (uses.get(to) ?? 0) + counts[id]!)
    reads.set(to, (reads.get(to) ?? 0) + readCounts[id]!)
  }
  for (const p of graph.parameters) become(p.node, builder.parameter(p.name, p.role, graph.nodes[p.node]!.type))
  graph.nodes.forEach((node, id) => {
    if (live[id] === 0 || node.op === "Parameter") return
    source = node.source
    const inputs = node.inputs.map((input) => mapped[input]!)
    become(id, map(cx, { ...node, inputs } as Node, id)) // the spread keeps op and attrs together
  })
  for (const output of graph.outputs) builder.output(output.name, output.role, mapped[output.node]!)
  return compact(builder.build())
}

/** Without the nodes that no output needs; parameters stay. @category rewriting @since 0.1.0 */
export const compact = (graph: Graph): Graph => {
  const live = liveNodes(graph)
  for (const p of graph.parameters) live[p.node] = 1
  if (live.every((flag) => flag === 1)) return graph
  const mapped = new Array<NodeId>(graph.nodes.length).fill(-1)
  const nodes: Array<Node> = []
  graph.nodes.forEach((node, id) => {
    if (live[id] === 0) return
    mapped[id] = nodes.length
    nodes.push({ ...node, inputs: node.inputs.map((input) => mapped[input]!) } as Node) // as in `rebuild`
  })
  return {
    nodes,
    parameters: graph.parameters.map((p) => ({ ...p, node: mapped[p.node]! })),
    outputs: graph.outputs.map((o) => ({ ...o, node: mapped[o.node]! }))
  }
}

/** The pass that applies `rules`, also to what they make, until none fits. Gives `graph` itself when nothing changed. @category rewriting @since 0.1.0 */
export const passOf =
  (rules: Rules): Pass =>
  (graph) => {
    const after = rebuild(graph, { rules })
    return sameGraph(graph, after) ? graph : after
  }

/** One table with the rules of several, in their order. @category rewriting @since 0.1.0 */
export const mergeRules = (...tables: ReadonlyArray<Rules>): Rules => {
  const merged: Record<string, ReadonlyArray<unknown>> = {}
  for (const table of tables) for (const [op, rules] of Object.entries(table)) merged[op] = [...(merged[op] ?? []), ...rules]
  return merged as Rules // the loop keeps each rule under its own op
}

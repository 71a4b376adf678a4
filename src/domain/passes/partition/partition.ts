/**
 * Cuts the step of one replica over its cores, as XLA's SPMD partitioner does (Xu et al. 2021, "GSPMD: General and Scalable
 * Parallelization for ML Computation Graphs"): batch leaves are split into blocks, what can be is computed block by block, and
 * what a block needs of others is moved explicitly.
 *
 * @since 0.1.0
 */
import * as Builder from "../../graph/Builder.ts"
import type { Graph, Node, NodeId } from "../../graph/Graph.ts"
import { GraphError } from "../../graph/GraphError.ts"
import type { OpName } from "../../graph/ops.ts"
import type { Partition } from "../../Program.ts"
import { sizeOf, type TensorType } from "../../Tensor.ts"
import { compact, liveNodes } from "../rebuild.ts"
import { type CutRule, type CutRules, type Cutter, make as makeCutter, tiled, type Value, wholeValue } from "./Cutter.ts"
import * as Layout from "./Layout.ts"
import { movementRules } from "./movement.ts"
import { productRules } from "./products.ts"
import { reductionRules } from "./reductions.ts"
import { literals, type Report, sharesOf } from "./Report.ts"
import { windowRules } from "./windows.ts"

/** The ops that are computed in parts, with how; all others are gathered and computed whole. @category tables @since 0.1.0 */
export const cutRules: CutRules = { ...movementRules, ...reductionRules, ...productRules, ...windowRules }

/** @category models @since 0.1.0 */
export interface Partitioned {
  readonly graph: Graph
  readonly report: Report
}

const layoutOf = (name: string, type: TensorType, { cores, dims }: Partition): Layout.Layout | undefined => {
  const parts = dims.get(name)
  if (parts === undefined) return undefined
  if (parts.length !== type.shape.length || sizeOf(parts) > cores) {
    throw new GraphError({ op: "Parameter", detail: `"${name}" of shape [${type.shape}] cannot be cut into [${parts}] parts on ${cores} cores` })
  }
  return Layout.ofDims(type.shape, parts)
}

/** By the op's rule; `undefined` where it is to be computed whole. */
const inParts = (cx: Cutter, node: Node, inputs: ReadonlyArray<Value>): Value | undefined => {
  const rule = cutRules[node.op] as CutRule<OpName> | undefined // the table is typed per op; the index forgets it
  return rule?.(cx, node, inputs)
}

const inWhole = (cx: Cutter, node: Node, inputs: ReadonlyArray<Value>): Value =>
  wholeValue(
    cx.b,
    cx.like(
      "all",
      node,
      inputs.map((x) => cx.whole(x))
    )
  )

/** What the source's nodes have become, without those that nothing came of. */
const countsOf = (source: Graph, values: ReadonlyArray<Value | undefined>, cut: ReadonlySet<NodeId>, live: Uint8Array) => {
  const whole = new Map<string, number>()
  let cutNodes = 0
  source.nodes.forEach(({ op }, id) => {
    const value = values[id]
    if (literals.has(op) || value === undefined || !value.tiles.some((tile) => live[tile] === 1)) return
    if (cut.has(id)) cutNodes++
    else whole.set(op, (whole.get(op) ?? 0) + 1)
  })
  const wholeOps = new Map([...whole].sort((a, b) => b[1] - a[1]))
  return { cutNodes, wholeNodes: [...whole.values()].reduce((a, b) => a + b, 0), wholeOps }
}

/**
 * The same parameters and outputs (names, roles, types), computed as `partition` says, with what that comes to. Numbers differ
 * from the uncut graph's by the order of float sums only; random draws are whole, and so the same bits.
 * `partition.dims` have been checked against the leaves (`deployment/partition`); throws `GraphError` where they cannot be.
 *
 * @category passes
 * @since 0.1.0
 */
export const partition = (graph: Graph, partition: Partition): Partitioned => {
  const builder = Builder.make()
  let source: string | undefined
  const b: Builder.Builder = { ...builder, add: (op, inputs, attrs, at) => builder.add(op, inputs, attrs, at ?? source) }
  const cx = makeCutter(b, partition.cores)
  const needed = liveNodes(graph)
  const values = new Array<Value | undefined>(graph.nodes.length).fill(undefined)
  const parts = new Set<NodeId>()
  for (const { name, node, role } of graph.parameters) {
    const { type } = graph.nodes[node]!
    const whole = wholeValue(b, builder.parameter(name, role, type))
    const layout = role._tag === "Batch" ? layoutOf(name, type, partition) : undefined
    // the host gives each core its block: nothing moves
    values[node] = tiled(type, layout, (tile) => cx.read(whole, tile, tile.core)) ?? whole
  }
  graph.nodes.forEach((node, id) => {
    if (needed[id] === 0 || node.op === "Parameter") return
    source = node.source
    const inputs = node.inputs.map((input) => values[input]!)
    const found = inParts(cx, node, inputs)
    if (found !== undefined) parts.add(id)
    values[id] = found ?? inWhole(cx, node, inputs)
  })
  source = undefined
  // what leaves the device does so at logical core 0; every core has the state
  for (const { name, node, role } of graph.outputs) b.output(name, role, cx.whole(values[node]!, role._tag === "State" ? "all" : 0))
  const cut = b.build()
  const live = liveNodes(cut)
  const shares = sharesOf(cut, live, cx.computed, partition.cores)
  return { graph: compact(cut), report: { cores: partition.cores, ...countsOf(graph, values, parts, live), movedElements: cx.moved(), ...shares } }
}

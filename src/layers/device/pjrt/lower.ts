/**
 * Lowers a graph to instructions of a StableHLO function: one rule for each op.
 *
 * @since 0.1.0
 */
import { type Graph, isRandom, type Node, type NodeOf } from "../../../domain/graph/Graph.ts"
import type { OpName } from "../../../domain/graph/ops.ts"
import { liveNodes } from "../../../domain/passes/rebuild.ts"
import { printType, sameShape } from "../../../domain/Tensor.ts"
import { NoRule } from "../hosted/NoRule.ts"
import { convolutionRules } from "./lower/convolutions.ts"
import { elementwiseRules } from "./lower/elementwise.ts"
import { Emitter, type Functions, isBig, type LowerOptions, typeOf, type Value } from "./lower/Emitter.ts"
import { indexedRules } from "./lower/indexed.ts"
import { productRules } from "./lower/products.ts"
import { randomRules } from "./lower/random.ts"
import type { Rule, Rules } from "./lower/rule.ts"
import { structureRules } from "./lower/structure.ts"
import { windowRules } from "./lower/windows.ts"

/** What is an argument of the module: parameters, and literals too large for a text. @category models @since 0.1.0 */
export type Given = NodeOf<"Parameter"> | NodeOf<"Constant">

/** The rules by op, for `lower` and for the table of ops and engines. @category rules @since 0.1.0 */
export const rules: Rules = {
  Parameter: () => {
    throw new Error("parameters are given")
  },
  ...elementwiseRules,
  ...structureRules,
  ...indexedRules,
  ...productRules,
  ...convolutionRules,
  ...windowRules,
  ...randomRules
}

/** The ops that this engine has. @category rules @since 0.1.0 */
export const opNames: ReadonlyArray<OpName> = Object.keys(rules) as Array<OpName> // the record's keys are op names

/** @category models @since 0.1.0 */
export interface Lowered {
  readonly emitter: Emitter
  /** The value of a node that the outputs need. */
  readonly value: (id: number) => Value
}

const isGiven = (node: Node): node is Given => node.op === "Parameter" || isBig(node)

const drawsOf = ({ nodes }: Graph, live: Uint8Array): ReadonlyArray<number> => [
  ...new Set(nodes.flatMap((node, id) => (live[id] === 1 && isRandom(node) ? [node.attrs.draw] : [])))
]

const checked = (node: Node, value: Value): Value => {
  if (value.type === node.type.dtype && sameShape(value.shape, node.type.shape)) return value
  throw new Error(`${node.op}: its lowering gives ${typeOf(value)} instead of ${printType(node.type)}`)
}

/** Lowers all that the outputs need, once each and in the graph's order. Throws `NoRule`. @category conversions @since 0.1.0 */
export const lower = (graph: Graph, options: LowerOptions, functions: Functions, given: (node: Given, e: Emitter) => Value): Lowered => {
  const live = liveNodes(graph)
  const emitter = new Emitter(options, functions, drawsOf(graph, live))
  const values = new Array<Value | undefined>(graph.nodes.length)
  graph.nodes.forEach((node, id) => {
    if (live[id] === 0) return
    emitter.node = node
    if (isGiven(node)) {
      values[id] = checked(node, given(node, emitter))
      return
    }
    // the union of rules cannot be called; the key is the node's own op
    const rule = rules[node.op] as Rule<OpName> | undefined
    if (rule === undefined) throw new NoRule(node)
    const operands = node.inputs.map((input) => values[input]!)
    values[id] = checked(node, rule(emitter, node, operands))
  })
  emitter.node = undefined
  return { emitter, value: (id) => values[id]! }
}

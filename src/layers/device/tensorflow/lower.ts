/**
 * Lowers a graph to nodes of a TensorFlow function: one rule for each op.
 *
 * @since 0.1.0
 */
import type { Graph, Node } from "../../../domain/graph/Graph.ts"
import type { OpName } from "../../../domain/graph/ops.ts"
import { liveNodes } from "../../../domain/passes/rebuild.ts"
import { NoRule } from "../hosted/NoRule.ts"
import { type Given, isGiven } from "../hosted/sources.ts"
import { elementwiseRules } from "./lower/elementwise.ts"
import { type Value, whole } from "../hosted/lower/Values.ts"
import { Emitter } from "./lower/Emitter.ts"
import { productRules } from "./lower/products.ts"
import type { Rule, Rules } from "./lower/rule.ts"
import { structureRules } from "./lower/structure.ts"
import { windowRules } from "./lower/windows.ts"

const alias = (e: Emitter, node: Node): Value => e.value(node.inputs[0]!)

const fromOutside = (): never => {
  throw new Error("parameters and random numbers are given")
}

/** The rules by op, for `lower` and for the table of ops and engines. @category rules @since 0.1.0 */
export const rules: Rules = {
  Parameter: fromOutside,
  RandomUniform: fromOutside,
  RandomNormal: fromOutside,
  RandomTruncatedNormal: fromOutside,
  ReplicaId: (e) => ({ name: e.scalar("int32", 0), shape: [] }),
  CrossReplicaSum: alias,
  ...elementwiseRules,
  ...structureRules,
  ...productRules,
  ...windowRules
}

/** The ops that this engine has. @category rules @since 0.1.0 */
export const opNames: ReadonlyArray<OpName> = Object.keys(rules) as Array<OpName> // the record's keys are op names

/**
 * Lowers all that the outputs of a graph without collectives need (one replica, or replicas merged). `given` names the value of
 * a parameter or draw, with every element of its type. The emitter's `full` then has the outputs. Throws `NoRule`.
 *
 * @category conversions
 * @since 0.1.0
 */
export const lower = (graph: Graph, xla: boolean, given: (e: Emitter, node: Given) => string): Emitter => {
  const e = new Emitter(graph, xla)
  const live = liveNodes(graph)
  graph.nodes.forEach((node, id) => {
    if (live[id] === 0) return
    if (isGiven(node)) return e.set(id, whole(given(e, node), node))
    // the union of rules cannot be called; the key is the node's own op
    const rule = rules[node.op] as Rule<OpName> | undefined
    if (rule === undefined) throw new NoRule(node)
    e.set(id, rule(e, node))
  })
  return e
}

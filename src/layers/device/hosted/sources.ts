/**
 * Nodes of a graph that are no computation: what is given from outside.
 *
 * @since 0.1.0
 */
import { type Graph, isRandom, type Node, type NodeOf } from "../../../domain/graph/Graph.ts"
import type { RandomOp } from "../../../domain/graph/ops.ts"

/** @category models @since 0.1.0 */
export type Given = NodeOf<"Parameter"> | NodeOf<RandomOp>

/** Numbers that the host draws before a step. @category models @since 0.1.0 */
export interface Draw {
  readonly op: RandomOp
  readonly draw: number
  readonly replica: number
  /** Index of the parameter that holds the key. */
  readonly key: number
}

/** A parameter of the graph by its index, or numbers to be drawn. @category models @since 0.1.0 */
export type Source = { readonly _tag: "Parameter"; readonly parameter: number } | ({ readonly _tag: "Draw" } & Draw)

/** @category rules @since 0.1.0 */
export const isGiven = (node: Node): node is Given => node.op === "Parameter" || isRandom(node)

/** @category rules @since 0.1.0 */
export const sourceOf = (graph: Graph, node: Given): Source => {
  if (node.op === "Parameter") return { _tag: "Parameter", parameter: node.attrs.index }
  const { draw, replica = 0 } = node.attrs
  return { _tag: "Draw", op: node.op, draw, replica, key: graph.parameters.findIndex((p) => p.node === node.inputs[0]) }
}

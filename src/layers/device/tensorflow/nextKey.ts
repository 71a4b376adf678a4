/**
 * How the random key goes on from step to step, so that the numbers of several steps can be drawn before they run.
 *
 * @since 0.1.0
 */
import type { Graph } from "../../../domain/graph/Graph.ts"
import { type OpName, randomOps } from "../../../domain/graph/ops.ts"
import { compact, liveNodes } from "../../../domain/passes/rebuild.ts"
import { randomKeyName } from "../../../domain/Program.ts"

const random: ReadonlySet<OpName> = new Set(randomOps)

/**
 * The graph of the key's successor alone, with the key as its only parameter that is read; `undefined` where the successor
 * depends on anything else.
 *
 * @category rules
 * @since 0.1.0
 */
export const nextKey = (step: Graph): Graph | undefined => {
  const outputs = step.outputs.filter(({ name, role }) => name === randomKeyName && role._tag === "State")
  const alone = { ...step, outputs }
  const key = step.parameters.find(({ name }) => name === randomKeyName)?.node
  const live = liveNodes(alone)
  const isKnown = step.nodes.every((node, id) => live[id] === 0 || (!random.has(node.op) && (node.op !== "Parameter" || id === key)))
  return outputs.length === 1 && isKnown ? compact(alone) : undefined
}

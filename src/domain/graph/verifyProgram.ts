/**
 * Checks that the two graphs of a program are well formed and fit each other: what every engine may rely on.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import { replicaVariance } from "../passes/variance.ts"
import { type Program, randomKeyName, stateLeaves } from "../Program.ts"
import { printType, sameType } from "../Tensor.ts"
import type { Graph } from "./Graph.ts"
import { GraphError } from "./GraphError.ts"
import { verify } from "./verify.ts"

const fitFault = ({ init, step }: Program): string | undefined => {
  const leaves = stateLeaves(step)
  for (const leaf of leaves) {
    if (leaf.name === randomKeyName) continue
    const first = init.outputs.find((output) => output.name === leaf.name)
    if (first === undefined) return `the init graph has no first value for "${leaf.name}"`
    const type = init.nodes[first.node]!.type
    if (!sameType(type, leaf.type)) return `the first value of "${leaf.name}" is ${printType(type)}, expected ${printType(leaf.type)}`
  }
  const unknown = init.outputs.find((output) => !leaves.some((leaf) => leaf.name === output.name))
  return unknown === undefined ? undefined : `the init graph has a first value for "${unknown.name}", which is no state leaf`
}

/** The first leaf that must be equal on all replicas and may not stay so. */
const divergence = (graph: Graph): GraphError | undefined => {
  const variant = replicaVariance(graph)
  for (const { name, node, role } of graph.outputs) {
    if (role._tag !== "State" || !variant[node]) continue
    const parameter = graph.parameters.find((p) => p.name === name && p.role._tag === "State")
    if (parameter?.role._tag !== "State" || parameter.role.kind === "cache") continue
    const { op, source } = graph.nodes[node]!
    return new GraphError({
      op,
      detail: `the new value of ${parameter.role.kind} "${name}" may differ between replicas: sum what it depends on over replicas (CrossReplicaOptimizer does so for gradients), or keep it in the cache`,
      ...(source === undefined ? {} : { source })
    })
  }
  return undefined
}

/**
 * Both graphs pass `verify`, the init graph has a first value of the right type for every state leaf but the random key, and
 * with more than one replica every leaf outside the cache stays equal on all of them.
 *
 * @category checks
 * @since 0.1.0
 */
export const verifyProgram = (program: Program, replicas: number): Result.Result<void, GraphError> => {
  const step = verify(program.step, "step")
  if (Result.isFailure(step)) return step
  const init = verify(program.init, "init")
  if (Result.isFailure(init)) return init
  const detail = fitFault(program)
  if (detail !== undefined) return Result.fail(new GraphError({ detail }))
  const diverges = replicas > 1 ? divergence(program.step) : undefined
  return diverges === undefined ? Result.succeed(undefined) : Result.fail(diverges)
}

/**
 * The step of all replicas as one graph, with what each of its parameters and outputs is of which leaf and replica.
 *
 * @since 0.1.0
 */
import type { Graph, NodeId, OutputRole, ParameterRole } from "../../../domain/graph/Graph.ts"
import { replicate } from "../../../domain/passes/replicate.ts"

/** @category models @since 0.1.0 */
export interface MergedParameter {
  /** Name in the per-replica graph. */
  readonly leaf: string
  readonly role: ParameterRole
  readonly node: NodeId
  /** 0 for a leaf that all replicas share. */
  readonly replica: number
}

/** @category models @since 0.1.0 */
export interface MergedOutput {
  readonly leaf: string
  readonly role: OutputRole
  readonly node: NodeId
  readonly replica: number
  /** The parameter that it succeeds, for state. */
  readonly predecessor: NodeId | undefined
}

/** @category models @since 0.1.0 */
export interface Merged {
  readonly graph: Graph
  readonly replicas: number
  /** In the order of `graph.parameters`. */
  readonly parameters: ReadonlyArray<MergedParameter>
  readonly outputs: ReadonlyArray<MergedOutput>
  /** State leaves of which each replica has its own. */
  readonly divided: ReadonlySet<string>
}

/** @category constructors @since 0.1.0 */
export const make = (step: Graph, replicas: number): Merged => {
  const { graph, map } = replicas === 1 ? { graph: step, map: undefined } : replicate(step, replicas)
  const divided = new Set<string>()
  const parameters = graph.parameters.map((p, i): MergedParameter => {
    const origin = map?.parameters[i] ?? { index: i, replica: undefined }
    const { name, role } = step.parameters[origin.index]!
    if (origin.replica !== undefined && role._tag === "State") divided.add(name)
    return { leaf: name, role, node: p.node, replica: origin.replica ?? 0 }
  })
  const outputs = graph.outputs.flatMap((o, i): ReadonlyArray<MergedOutput> => {
    const origin = map?.outputs[i] ?? { index: i, replica: undefined }
    const { name, role } = step.outputs[origin.index]!
    // what is equal on all replicas still goes to each replica's place
    const everywhere = replicas > 1 && origin.replica === undefined && (role._tag === "Outfeed" || (role._tag === "State" && divided.has(name)))
    const owners = everywhere ? Array.from({ length: replicas }, (_, k) => k) : [origin.replica ?? 0]
    return owners.map((replica) => {
      const before = role._tag === "State" ? parameters.find((p) => p.role._tag === "State" && p.leaf === name && p.replica === replica) : undefined
      return { leaf: name, role, node: o.node, replica, predecessor: before?.node }
    })
  })
  return { graph, replicas, parameters, outputs, divided }
}

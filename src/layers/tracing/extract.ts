/**
 * Takes the part of a recording that some outputs need into a graph of its own, with parameters in a chosen order.
 *
 * @since 0.1.0
 */
import * as Builder from "../../domain/graph/Builder.ts"
import type { Graph, NodeId, Output, ParameterRole } from "../../domain/graph/Graph.ts"
import type { TensorType } from "../../domain/Tensor.ts"

export interface Extraction {
  /** All parameters of the new graph; `node` is the parameter's (or any other node's) id in the recording. */
  readonly parameters: ReadonlyArray<{ readonly name: string; readonly role: ParameterRole; readonly type: TensorType; readonly node: NodeId }>
  readonly outputs: ReadonlyArray<Output>
  /** Nodes of the recording to be replaced by others of it; `undefined` keeps one. */
  readonly substitute?: (node: NodeId) => NodeId | undefined
}

/**
 * Copies what the outputs reach; operands come first, so a stack with two visits per node does, and deep graphs need no
 * recursion. Throws when a parameter that is not listed is reached, or when substitutions go in a circle.
 */
export const extract = (from: Builder.Builder, { parameters, outputs, substitute }: Extraction): Graph => {
  const to = Builder.make()
  const copied = new Map<NodeId, NodeId>()
  for (const { name, role, type, node } of parameters) copied.set(node, to.parameter(name, role, type))
  const open = new Set<NodeId>()
  const copy = (root: NodeId): NodeId => {
    const pending = [root]
    while (pending.length > 0) {
      const id = pending[pending.length - 1]!
      if (copied.has(id)) {
        pending.pop()
        continue
      }
      const instead = substitute?.(id)
      const operands = instead === undefined ? from.nodeOf(id).inputs : [instead]
      const missing = operands.filter((operand) => !copied.has(operand))
      if (missing.length > 0) {
        if (open.has(id)) throw new Error(`substitutions of node %${id} go in a circle`)
        open.add(id)
        pending.push(...missing)
        continue
      }
      pending.pop()
      const node = from.nodeOf(id)
      if (instead !== undefined) copied.set(id, copied.get(instead)!)
      else if (node.op === "Parameter") throw new Error(`parameter %${id} is not part of the graph to be made`)
      else
        copied.set(
          id,
          to.add(
            node.op,
            node.inputs.map((operand) => copied.get(operand)!),
            node.attrs,
            node.source
          )
        )
    }
    return copied.get(root)!
  }
  for (const { name, role, node } of outputs) to.output(name, role, copy(node))
  return to.build()
}

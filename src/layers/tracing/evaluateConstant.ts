/**
 * The value of a node that depends on constants only: reading it on the host is harmless.
 *
 * @since 0.1.0
 */
import { evaluate } from "../../domain/graph/Evaluate.ts"
import type { NodeId } from "../../domain/graph/Graph.ts"
import type { TensorData } from "../../domain/Tensor.ts"
import type { Target } from "./Emit.ts"
import { extract } from "./extract.ts"

const runtime: ReadonlySet<string> = new Set(["Parameter", "ReplicaId", "CrossReplicaSum", "RandomUniform", "RandomNormal", "RandomTruncatedNormal"])

export const evaluateConstant = ({ builder }: Pick<Target, "builder">, node: NodeId): TensorData | undefined => {
  const seen = new Set<NodeId>()
  const pending = [node]
  while (pending.length > 0) {
    const id = pending.pop()!
    if (seen.has(id)) continue
    seen.add(id)
    const { op, inputs } = builder.nodeOf(id)
    if (runtime.has(op)) return undefined
    pending.push(...inputs)
  }
  return evaluate(extract(builder, { parameters: [], outputs: [{ name: "value", role: { _tag: "Outfeed" }, node }] }), [])[0]
}

/** A graph of one op, recorded at `model.ts:3:7`. */
import * as Builder from "../../../../src/domain/graph/Builder.ts"
import type { Graph } from "../../../../src/domain/graph/Graph.ts"
import type { OpAttrs, OpName } from "../../../../src/domain/graph/ops.ts"
import type { TensorType } from "../../../../src/domain/Tensor.ts"

export const single = <K extends Exclude<OpName, "Parameter">>(op: K, types: ReadonlyArray<TensorType>, attrs: OpAttrs[K]): Graph => {
  const b = Builder.make()
  const inputs = types.map((type, i) => b.parameter(`x${i}`, { _tag: "Batch" }, type))
  b.output("y", { _tag: "Outfeed" }, b.add(op, inputs, attrs, "model.ts:3:7"))
  return b.build()
}

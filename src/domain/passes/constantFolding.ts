/**
 * Computes at compile time what depends on literals alone, where the result is small. Bit-identical: the reference meaning
 * is what computes it.
 *
 * @since 0.1.0
 */
import { evaluateNode } from "../graph/Evaluate.ts"
import type { Node, NodeId } from "../graph/Graph.ts"
import { GraphError } from "../graph/GraphError.ts"
import type { OpName } from "../graph/ops.ts"
import { sizeOf, type Tensor } from "../Tensor.ts"
import { elementwiseOps, forOps } from "./operands.ts"
import { type Context, type Pass, passOf, type Rule, type Rules } from "./rebuild.ts"

/** Results with more elements stay computed: as literals they would make the program large. @category constants @since 0.1.0 */
export const foldLimit = 65_536

/** Work for one result, in elements read, beyond which compiling would be slow. */
const workLimit = 1_048_576

const isLiteral = (node: Node) => node.op === "Constant" || node.op === "Fill" || node.op === "Iota"

const fold: Rule<OpName> = (cx, node) => {
  if (node.inputs.length === 0 || !node.inputs.every((x) => isLiteral(cx.nodeOf(x)))) return undefined
  if (sizeOf(node.type.shape) > foldLimit) return undefined
  if (node.inputs.reduce((n, x) => n + sizeOf(cx.typeOf(x).shape), 0) > workLimit) return undefined
  try {
    const { data, shape } = evaluateNode(
      node as Node,
      node.inputs.map((x) => valueOf(cx, x)),
      0
    )
    return cx.add("Constant", [], { shape, data })
  } catch (error) {
    if (error instanceof GraphError) return undefined // an index out of range: a failure of the run, not of the compiler
    throw error
  }
}

const valueOf = (cx: Context, x: NodeId): Tensor => evaluateNode(cx.nodeOf(x), [], 0)

/** Not among them: products and windows, which are left to the engine, and broadcasts, which are smaller than their result. */
const structural = [
  "Reshape",
  "Transpose",
  "Concat",
  "Slice",
  "Pad",
  "Reverse",
  "Gather",
  "OneHot",
  "ArgMax",
  "ArgMin",
  "CumSum",
  "Softmax",
  "LogSoftmax",
  "ReduceSum",
  "ReduceMean",
  "ReduceMax",
  "ReduceMin",
  "ReduceProd",
  "ReduceAny",
  "ReduceAll"
] as const

/** @category rules @since 0.1.0 */
export const foldingRules: Rules = forOps<OpName>([...elementwiseOps, ...structural], fold)

/** @category passes @since 0.1.0 */
export const constantFolding: Pass = passOf(foldingRules)

/**
 * What is multiplied with zero is zero: the gradients that tfjs makes of comparisons, `zerosLike` and unused branches.
 *
 * Not bit-identical where the other factor holds NaN or infinity, whose product with zero would be NaN; TensorFlow's
 * Grappler does the same. Such a value shows in the loss by its other uses.
 *
 * @since 0.1.0
 */
import * as Builder from "../graph/Builder.ts"
import type { OpName } from "../graph/ops.ts"
import { forOps, isFill } from "./operands.ts"
import { mergeRules, type Pass, passOf, type Rule, type Rules } from "./rebuild.ts"

/** One zero operand is enough. */
const product: Rule<OpName> = (cx, node) => (node.inputs.some((x) => isFill(cx, x, 0)) ? Builder.fill(cx, node.type, 0) : undefined)

/** The first operand decides. */
const linear: Rule<OpName> = (cx, node) => (isFill(cx, node.inputs[0]!, 0) ? Builder.fill(cx, node.type, 0) : undefined)

/** @category rules @since 0.1.0 */
export const zeroRules: Rules = mergeRules(
  forOps<OpName>(["Mul", "MatMul", "Conv2D", "Conv2DBackpropInput", "Conv2DBackpropFilter"], product),
  forOps<OpName>(["ReduceSum", "SegmentSum", "CrossReplicaSum", "CumSum", "AvgPoolGrad", "MaxPoolGrad", "Reverse"], linear)
)

/** @category passes @since 0.1.0 */
export const zeros: Pass = passOf(zeroRules)

/**
 * Softmax and its logarithm written out in elementary ops (as `tf.logSoftmax` is recorded) become the composite ops that
 * engines have kernels for. Rounds once where the written-out form rounds at each op.
 *
 * @since 0.1.0
 */
import type { NodeId } from "../graph/Graph.ts"
import type { ReduceOp } from "../graph/ops.ts"
import { as } from "./operands.ts"
import { type Context, type Pass, passOf, type Rule, type Rules } from "./rebuild.ts"

/** What is reduced over the last axis and repeated to its shape again. */
const repeatedReduction = (cx: Context, x: NodeId, op: ReduceOp, through: "Log" | undefined): NodeId | undefined => {
  const repeated = as(cx, x, "Broadcast")
  if (repeated === undefined) return undefined
  const inner = through === undefined ? repeated.inputs[0]! : as(cx, repeated.inputs[0]!, through)?.inputs[0]
  const reduced = inner === undefined ? undefined : as(cx, inner, op)
  if (reduced === undefined || !reduced.attrs.keepDims || reduced.attrs.axes.length !== 1) return undefined
  const shape = cx.typeOf(reduced.inputs[0]!).shape
  return reduced.attrs.axes[0] === shape.length - 1 && shape.length === repeated.type.shape.length ? reduced.inputs[0]! : undefined
}

/** `x` when `shifted` is `x - max(x)`. */
const unshifted = (cx: Context, shifted: NodeId): NodeId | undefined => {
  const sub = as(cx, shifted, "Sub")
  return sub !== undefined && repeatedReduction(cx, sub.inputs[1]!, "ReduceMax", undefined) === sub.inputs[0] ? sub.inputs[0] : undefined
}

const logSoftmax: Rule<"Sub"> = (cx, node) => {
  const shifted = node.inputs[0]!
  const powers = repeatedReduction(cx, node.inputs[1]!, "ReduceSum", "Log")
  const exp = powers === undefined ? undefined : as(cx, powers, "Exp")
  if (exp === undefined || exp.inputs[0] !== shifted) return undefined
  const x = unshifted(cx, shifted)
  return x === undefined ? undefined : cx.add("LogSoftmax", [x], {})
}

const softmax: Rule<"Div"> = (cx, node) => {
  const exp = as(cx, node.inputs[0]!, "Exp")
  if (exp === undefined || repeatedReduction(cx, node.inputs[1]!, "ReduceSum", undefined) !== node.inputs[0]) return undefined
  const x = unshifted(cx, exp.inputs[0]!)
  return x === undefined ? undefined : cx.add("Softmax", [x], {})
}

/** @category rules @since 0.1.0 */
export const compositeRules: Rules = { Sub: [logSoftmax], Div: [softmax] }

/** @category passes @since 0.1.0 */
export const composites: Pass = passOf(compositeRules)

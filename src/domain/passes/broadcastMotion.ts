/**
 * Repeats values as late as possible: elementwise ops and reductions work on the operands of `Broadcast` and `Fill` nodes.
 *
 * Bit-identical, but for `ReduceSum` over a repeated axis together with others: `n` equal terms become one product with `n`,
 * rounded once. So does `ReduceMean` over both kinds of axes.
 *
 * @since 0.1.0
 */
import * as Builder from "../graph/Builder.ts"
import type { Node, NodeId } from "../graph/Graph.ts"
import type { OpName, ReduceOp } from "../graph/ops.ts"
import { sizeOf, type Shape } from "../Tensor.ts"
import { as, elementwiseOps, forOps, padShape } from "./operands.ts"
import { addNode, type Context, mergeRules, type Pass, passOf, type Rule, type Rules } from "./rebuild.ts"

/** The value before it is repeated; a `Fill` is a repeated scalar. */
const sourceOf = (cx: Context, id: NodeId): NodeId | undefined => {
  const node = cx.nodeOf(id)
  if (node.op === "Broadcast") return node.inputs[0]!
  return node.op === "Fill" ? Builder.scalar(cx, node.type.dtype, node.attrs.value) : undefined
}

const lift: Rule<OpName> = (cx, node) => {
  if (sizeOf(node.type.shape) <= 1) return undefined
  if (!node.inputs.every((x) => cx.nodeOf(x).op === "Broadcast" || cx.nodeOf(x).op === "Fill")) return undefined
  const sources = node.inputs.map((x) => sourceOf(cx, x)!)
  let shape: Shape | undefined = []
  for (const x of sources) shape = shape === undefined ? undefined : Builder.broadcastShapes(shape, cx.typeOf(x).shape)
  if (shape === undefined || sizeOf(shape) >= sizeOf(node.type.shape)) return undefined
  const joined = shape
  const small = addNode(
    cx,
    node as Node,
    sources.map((x) => Builder.broadcastTo(cx, x, joined))
  )
  return Builder.broadcastTo(cx, small, node.type.shape)
}

/** A reduction of repeated values: over the axes that hold different ones only, and what stays repeated is repeated after it. */
const reduce: Rule<Exclude<ReduceOp, "ReduceProd">> = (cx, node) => {
  const broadcast = as(cx, node.inputs[0]!, "Broadcast")
  if (broadcast === undefined || sizeOf(broadcast.type.shape) === 0) return undefined
  const out = broadcast.type.shape
  const inner = padShape(cx.typeOf(broadcast.inputs[0]!).shape, out.length)
  const { axes, keepDims } = node.attrs
  const narrow = Builder.reshape(cx, broadcast.inputs[0]!, inner)
  const kept = keepDims ? inner : inner.filter((_, axis) => !axes.includes(axis))
  const reduced = axes.every((axis) => inner[axis] === 1) ? Builder.reshape(cx, narrow, kept) : cx.add(node.op, [narrow], { axes, keepDims })
  const times = sizeOf(axes.filter((axis) => inner[axis] === 1).map((axis) => out[axis]!))
  const total = node.op === "ReduceSum" && times > 1 ? Builder.binary(cx, "Mul", reduced, Builder.scalar(cx, node.type.dtype, times)) : reduced
  return Builder.broadcastTo(cx, total, node.type.shape)
}

/** @category rules @since 0.1.0 */
export const broadcastRules: Rules = mergeRules(
  forOps<OpName>(elementwiseOps, lift),
  forOps(["ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceAny", "ReduceAll"] as const, reduce)
)

/** @category passes @since 0.1.0 */
export const broadcastMotion: Pass = passOf(broadcastRules)

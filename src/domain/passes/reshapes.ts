/**
 * Reshapes, transposes and broadcasts of one another: identities go, chains become one node, and a reshape that splits axes
 * moves behind elementwise ops and reductions, so that a row of a batch stays a row of a matrix. Bit-identical.
 *
 * @since 0.1.0
 */
import * as Builder from "../graph/Builder.ts"
import type { Node, NodeId } from "../graph/Graph.ts"
import type { OpName, ReduceOp } from "../graph/ops.ts"
import { sameShape, type Shape, sizeOf } from "../Tensor.ts"
import { as, axisRuns, elementwiseOps, forOps, padShape } from "./operands.ts"
import { addNode, type Context, mergeRules, type Pass, passOf, type Rule, type Rules } from "./rebuild.ts"

/** The shape of a broadcast's operand once the result is reshaped to `to`; `undefined` when a run mixes repeated and other axes. */
const sourceShapeAfter = (source: Shape, out: Shape, to: Shape): Shape | undefined => {
  const padded = padShape(source, out.length)
  const runs = axisRuns(out, to)
  if (runs === undefined) return undefined
  const shape = new Array<number>(to.length).fill(1)
  for (const run of runs) {
    if (run.from.every((i) => padded[i] === out[i])) for (const j of run.to) shape[j] = to[j]!
    else if (run.from.some((i) => padded[i] !== 1)) return undefined
  }
  return shape
}

/** `x` in another shape where that moves no data: `undefined` for a broadcast that would have to be made first. */
const reshaped = (cx: Context, x: NodeId, shape: Shape): NodeId | undefined => {
  const node = cx.nodeOf(x)
  if (node.op !== "Broadcast") return Builder.reshape(cx, x, shape)
  const source = sourceShapeAfter(cx.typeOf(node.inputs[0]!).shape, node.type.shape, shape)
  return source === undefined ? undefined : Builder.broadcastTo(cx, Builder.reshape(cx, node.inputs[0]!, source), shape)
}

const reshape: Rule<"Reshape"> = (cx, node) => {
  const x = node.inputs[0]!
  const inner = cx.nodeOf(x)
  const { shape } = node.attrs
  if (sameShape(inner.type.shape, shape)) return x
  if (inner.op === "Reshape") return Builder.reshape(cx, inner.inputs[0]!, shape)
  if (inner.op === "Fill") return cx.add("Fill", [], { ...inner.attrs, shape })
  return inner.op === "Broadcast" ? reshaped(cx, x, shape) : undefined
}

const transpose: Rule<"Transpose"> = (cx, node) => {
  const x = node.inputs[0]!
  const { perm } = node.attrs
  if (perm.every((p, i) => p === i)) return x
  const inner = cx.nodeOf(x)
  if (inner.op === "Transpose")
    return Builder.transpose(
      cx,
      inner.inputs[0]!,
      perm.map((p) => inner.attrs.perm[p]!)
    )
  if (inner.op === "Fill") return cx.add("Fill", [], { ...inner.attrs, shape: node.type.shape })
  if (inner.op === "Broadcast") {
    const source = padShape(cx.typeOf(inner.inputs[0]!).shape, perm.length)
    return Builder.broadcastTo(cx, Builder.transpose(cx, Builder.reshape(cx, inner.inputs[0]!, source), perm), node.type.shape)
  }
  const moving = perm.filter((p) => inner.type.shape[p] !== 1)
  // only axes of extent 1 move: the data does not
  if (moving.every((p, i) => i === 0 || moving[i - 1]! < p)) return Builder.reshape(cx, x, node.type.shape)
  if (inner.op !== "Reshape" || moving.length === perm.length) return undefined
  // of fewer axes: engines are quick where a single axis moves
  const wide = [...moving].sort((a, b) => a - b)
  const squeezed = Builder.reshape(
    cx,
    inner.inputs[0]!,
    wide.map((i) => inner.type.shape[i]!)
  )
  return Builder.reshape(
    cx,
    Builder.transpose(
      cx,
      squeezed,
      moving.map((p) => wide.indexOf(p))
    ),
    node.type.shape
  )
}

const broadcast: Rule<"Broadcast"> = (cx, node) => {
  const x = node.inputs[0]!
  const inner = cx.nodeOf(x)
  const { shape } = node.attrs
  if (sameShape(inner.type.shape, shape)) return x
  if (inner.op === "Broadcast") return Builder.broadcastTo(cx, inner.inputs[0]!, shape)
  if (inner.op === "Fill") return cx.add("Fill", [], { ...inner.attrs, shape })
  if (sizeOf(inner.type.shape) === sizeOf(shape)) return Builder.reshape(cx, x, shape)
  if (inner.op !== "Reshape") return undefined
  const source = cx.typeOf(inner.inputs[0]!).shape
  const trimmed = (s: Shape) => s.slice(s.findIndex((d) => d !== 1) === -1 ? s.length : s.findIndex((d) => d !== 1))
  return source.length <= shape.length && sameShape(trimmed(source), trimmed(inner.type.shape))
    ? Builder.broadcastTo(cx, inner.inputs[0]!, shape)
    : undefined
}

/** An elementwise op on a tensor whose axes were split by a reshape: first the op, then the reshape. */
const sink: Rule<OpName> = (cx, node) => {
  const split = node.inputs.find((x) => {
    const reshape = as(cx, x, "Reshape")
    return reshape !== undefined && cx.typeOf(reshape.inputs[0]!).shape.length < reshape.type.shape.length
  })
  if (split === undefined) return undefined
  const shape = cx.typeOf(cx.nodeOf(split).inputs[0]!).shape
  const inputs: Array<NodeId> = []
  for (const x of node.inputs) {
    const moved = reshaped(cx, x, shape)
    if (moved === undefined) return undefined
    inputs.push(moved)
  }
  return Builder.reshape(cx, addNode(cx, node as Node, inputs), node.type.shape)
}

/** A reduction over whole runs of axes that a reshape split: over the axes before it. */
const reduce: Rule<ReduceOp> = (cx, node) => {
  const x = node.inputs[0]!
  const { axes } = node.attrs
  const shape = cx.typeOf(x).shape
  if (sizeOf(shape) > 0 && axes.every((axis) => shape[axis] === 1)) return Builder.reshape(cx, x, node.type.shape)
  const inner = as(cx, x, "Reshape")
  if (inner === undefined) return undefined
  const from = cx.typeOf(inner.inputs[0]!).shape
  const over: Array<number> = []
  for (const run of axisRuns(from, shape) ?? []) {
    const wide = run.to.filter((i) => shape[i] !== 1)
    if (wide.every((i) => !axes.includes(i))) continue
    if (!wide.every((i) => axes.includes(i))) return undefined
    over.push(...run.from)
  }
  if (over.length === 0) return undefined
  return Builder.reshape(cx, cx.add(node.op, inner.inputs, { axes: over, keepDims: node.attrs.keepDims }), node.type.shape)
}

/** Rows of the last axis stay whole. */
const rows: Rule<"Softmax" | "LogSoftmax"> = (cx, node) => {
  const inner = as(cx, node.inputs[0]!, "Reshape")
  if (inner === undefined) return undefined
  const from = cx.typeOf(inner.inputs[0]!).shape
  if (from.length >= node.type.shape.length || from.at(-1) !== node.type.shape.at(-1)) return undefined
  return Builder.reshape(cx, cx.add(node.op, inner.inputs, {}), node.type.shape)
}

/** @category rules @since 0.1.0 */
export const reshapeRules: Rules = mergeRules(
  { Reshape: [reshape], Transpose: [transpose], Broadcast: [broadcast], Softmax: [rows], LogSoftmax: [rows] },
  forOps<OpName>(elementwiseOps, sink),
  forOps(["ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceAny", "ReduceAll"] as const, reduce)
)

/** @category passes @since 0.1.0 */
export const reshapes: Pass = passOf(reshapeRules)

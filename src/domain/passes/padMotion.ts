/**
 * Paddings with zeros, and concatenations that hold some, move behind transposes and reshapes, towards the product that can
 * leave the zeros out (see `matMulPad`). Bit-identical.
 *
 * @since 0.1.0
 */
import * as Builder from "../graph/Builder.ts"
import type { NodeId, NodeOf } from "../graph/Graph.ts"
import { type Shape, sizeOf } from "../Tensor.ts"
import { as, carriedAxis } from "./operands.ts"
import { type Context, type Pass, passOf, type Rule, type Rules } from "./rebuild.ts"

/** A padding with zeros, or a reshape of one. @category rules @since 0.1.0 */
export const padUnder = (cx: Context, x: NodeId): NodeOf<"Pad"> | undefined => {
  const reshape = as(cx, x, "Reshape")
  const pad = as(cx, reshape === undefined ? x : reshape.inputs[0]!, "Pad")
  return pad !== undefined && pad.attrs.value === 0 ? pad : undefined
}

const holdsPad = (cx: Context, node: NodeOf<"Concat">): boolean => node.inputs.some((part) => padUnder(cx, part) !== undefined)

const transpose: Rule<"Transpose"> = (cx, node) => {
  const x = node.inputs[0]!
  const inner = cx.nodeOf(x)
  const { perm } = node.attrs
  if (cx.uses(x) > 1) return undefined
  if (inner.op === "Pad") {
    const paddings = perm.map((p) => inner.attrs.paddings[p]!)
    return cx.add("Pad", [Builder.transpose(cx, inner.inputs[0]!, perm)], { paddings, value: inner.attrs.value })
  }
  if (inner.op !== "Concat" || !holdsPad(cx, inner)) return undefined
  return cx.add(
    "Concat",
    inner.inputs.map((part) => Builder.transpose(cx, part, perm)),
    { axis: perm.indexOf(inner.attrs.axis) }
  )
}

const reshapeOfPad = (cx: Context, inner: NodeOf<"Pad">, shape: Shape): NodeId | undefined => {
  const from = inner.type.shape
  const small = [...shape]
  const paddings = shape.map((): readonly [number, number] => [0, 0])
  for (const [axis, [before, after]] of inner.attrs.paddings.entries()) {
    if (before === 0 && after === 0) continue
    const to = carriedAxis(from, shape, axis)
    const extents = [before, after, cx.typeOf(inner.inputs[0]!).shape[axis]!].map((d) => d * (to?.scale ?? NaN))
    if (to === undefined || !extents.every(Number.isInteger)) return undefined
    paddings[to.axis] = [extents[0]!, extents[1]!]
    small[to.axis] = extents[2]!
  }
  return cx.add("Pad", [Builder.reshape(cx, inner.inputs[0]!, small)], { paddings, value: inner.attrs.value })
}

const reshape: Rule<"Reshape"> = (cx, node) => {
  const x = node.inputs[0]!
  const inner = cx.nodeOf(x)
  const { shape } = node.attrs
  if (cx.uses(x) > 1 || sizeOf(shape) === 0) return undefined
  if (inner.op === "Pad") return reshapeOfPad(cx, inner, shape)
  if (inner.op !== "Concat" || !holdsPad(cx, inner)) return undefined
  const to = carriedAxis(inner.type.shape, shape, inner.attrs.axis)
  if (to === undefined) return undefined
  const extents = inner.inputs.map((part) => cx.typeOf(part).shape[inner.attrs.axis]! * to.scale)
  if (!extents.every(Number.isInteger)) return undefined
  const parts = inner.inputs.map((part, k) =>
    Builder.reshape(
      cx,
      part,
      shape.map((d, i) => (i === to.axis ? extents[k]! : d))
    )
  )
  return cx.add("Concat", parts, { axis: to.axis })
}

/** @category rules @since 0.1.0 */
export const padMotionRules: Rules = { Transpose: [transpose], Reshape: [reshape] }

/** @category passes @since 0.1.0 */
export const padMotion: Pass = passOf(padMotionRules)

/**
 * Slices move towards what makes the tensor, so that what is cut off is not computed: before transposes, reshapes and
 * elementwise ops that nothing else reads. Bit-identical.
 *
 * @since 0.1.0
 */
import * as Builder from "../graph/Builder.ts"
import type { Node, NodeId, NodeOf } from "../graph/Graph.ts"
import { type Shape, sizeOf } from "../Tensor.ts"
import { as, axisRuns, isElementwise } from "./operands.ts"
import { addNode, type Context, type Pass, passOf, type Rule, type Rules } from "./rebuild.ts"
import { sliceOf } from "./slices.ts"

/** The slice of `from` that gives, reshaped, the slice of `to`; `undefined` where its elements do not lie together. @category rules @since 0.1.0 */
export const sliceBefore = (from: Shape, to: Shape, slice: NodeOf<"Slice">["attrs"]): NodeOf<"Slice">["attrs"] | undefined => {
  const runs = axisRuns(from, to)
  if (runs === undefined || sizeOf(slice.size) === 0) return undefined
  const [begin, size, strides] = [from.map(() => 0), [...from], from.map(() => 1)]
  for (const run of runs) {
    const cut = run.to.filter((i) => slice.size[i] !== to[i])
    if (cut.length === 0) continue
    const wide = run.to.filter((i) => to[i] !== 1)
    const source = run.from.filter((i) => from[i] !== 1)
    const axis = cut[0]!
    // one cut axis, before the others of its run; a stride only where there are no others
    if (cut.length > 1 || source.length !== 1 || axis !== wide[0] || (slice.strides[axis] !== 1 && wide.length > 1)) return undefined
    const inner = sizeOf(wide.slice(1).map((i) => to[i]!))
    begin[source[0]!] = slice.begin[axis]! * inner
    size[source[0]!] = slice.size[axis]! * inner
    strides[source[0]!] = slice.strides[axis]!
  }
  return { begin, size, strides }
}

/** A slice of a transpose as a transpose of a slice. @category rules @since 0.1.0 */
export const sliceOfTranspose = (
  cx: Context,
  inner: NodeOf<"Transpose">,
  { begin, size, strides }: NodeOf<"Slice">["attrs"],
  cut: (x: NodeId, attrs: NodeOf<"Slice">["attrs"]) => NodeId
): NodeId => {
  const { perm } = inner.attrs
  const back = (own: ReadonlyArray<number>) => perm.map((_, axis) => own[perm.indexOf(axis)]!)
  return Builder.transpose(cx, cut(inner.inputs[0]!, { begin: back(begin), size: back(size), strides: back(strides) }), perm)
}

const slice: Rule<"Slice"> = (cx, node) => {
  const x = node.inputs[0]!
  const inner = cx.nodeOf(x)
  const { begin, size, strides } = node.attrs
  if (inner.op === "Reshape") return sliceOfReshape(cx, node, inner)
  if (!cx.usedOnce(x)) return undefined
  if (inner.op === "Transpose") return sliceOfTranspose(cx, inner, node.attrs, (y, at) => sliceOf(cx, y, at.begin, at.size, at.strides))
  if (!isElementwise(inner.op)) return undefined
  return addNode(
    cx,
    inner,
    inner.inputs.map((operand) => sliceOf(cx, operand, begin, size, strides))
  )
}

const sliceOfReshape = (cx: Context, node: NodeOf<"Slice">, inner: NodeOf<"Reshape">): NodeId | undefined => {
  const x = inner.inputs[0]!
  const before = sliceBefore(cx.typeOf(x).shape, inner.type.shape, node.attrs)
  if (before !== undefined) return Builder.reshape(cx, sliceOf(cx, x, before.begin, before.size, before.strides), node.attrs.size)
  // rows of a reshaped elementwise op that nothing else reads: its operands, reshaped and cut
  const made = cx.nodeOf(x)
  if (!isElementwise(made.op) || !cx.usedOnce(node.inputs[0]!) || !cx.usedOnce(x)) return undefined
  return addNode(
    cx,
    made as Node,
    made.inputs.map((operand) => cutReshaped(cx, operand, inner.type.shape, node.attrs))
  )
}

const cutReshaped = (cx: Context, x: NodeId, shape: Shape, { begin, size, strides }: NodeOf<"Slice">["attrs"]): NodeId =>
  as(cx, x, "Fill") !== undefined
    ? Builder.fill(cx, { dtype: cx.typeOf(x).dtype, shape: size }, as(cx, x, "Fill")!.attrs.value)
    : sliceOf(cx, Builder.reshape(cx, x, shape), begin, size, strides)

/** @category rules @since 0.1.0 */
export const sliceMotionRules: Rules = { Slice: [slice] }

/** @category passes @since 0.1.0 */
export const sliceMotion: Pass = passOf(sliceMotionRules)

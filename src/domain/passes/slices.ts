/**
 * Slices, concatenations and paddings of one another: what is cut out again is not put together first. Bit-identical, but
 * that a sum of padded tensors which do not overlap becomes a concatenation, where a zero may change its sign.
 *
 * @since 0.1.0
 */
import * as Builder from "../graph/Builder.ts"
import type { NodeId, NodeOf } from "../graph/Graph.ts"
import { as, forOps, padShape } from "./operands.ts"
import { type Context, mergeRules, type Pass, passOf, type Rule, type Rules } from "./rebuild.ts"
import { sameShape, sizeOf } from "../Tensor.ts"

/** A slice; `x` itself when it is whole. */
export const sliceOf = (
  cx: Builder.Builder,
  x: NodeId,
  begin: ReadonlyArray<number>,
  size: ReadonlyArray<number>,
  strides: ReadonlyArray<number> = size.map(() => 1)
): NodeId => (sameShape(cx.typeOf(x).shape, size) ? x : cx.add("Slice", [x], { begin, size, strides }))

const slice: Rule<"Slice"> = (cx, node) => {
  const x = node.inputs[0]!
  const inner = cx.nodeOf(x)
  const { begin, size, strides } = node.attrs
  if (sameShape(inner.type.shape, size)) return x
  if (sizeOf(size) === 0) return undefined
  switch (inner.op) {
    case "Fill":
      return cx.add("Fill", [], { ...inner.attrs, shape: size })
    case "Slice": {
      const outer = inner.attrs
      const from = begin.map((b, i) => outer.begin[i]! + b * outer.strides[i]!)
      return sliceOf(
        cx,
        inner.inputs[0]!,
        from,
        size,
        strides.map((s, i) => s * outer.strides[i]!)
      )
    }
    case "Broadcast": {
      const source = padShape(cx.typeOf(inner.inputs[0]!).shape, size.length)
      const one = <T>(own: ReadonlyArray<number>, other: T) => own.map((v, i) => (source[i] === 1 ? other : v))
      const x = Builder.reshape(cx, inner.inputs[0]!, source)
      return Builder.broadcastTo(cx, sliceOf(cx, x, one(begin, 0), one(size, 1), one(strides, 1)), size)
    }
    case "Concat":
      return sliceOfConcat(cx, node, inner)
    case "Pad":
      return sliceOfPad(cx, node, inner)
    default:
      return undefined
  }
}

/** The parts that the slice touches, each cut to what is wanted. */
const sliceOfConcat = (cx: Context, node: NodeOf<"Slice">, inner: NodeOf<"Concat">): NodeId | undefined => {
  const { axis } = inner.attrs
  const { begin, size, strides } = node.attrs
  if (strides[axis] !== 1) return undefined
  const [from, to] = [begin[axis]!, begin[axis]! + size[axis]!]
  const parts: Array<NodeId> = []
  let start = 0
  for (const part of inner.inputs) {
    const extent = cx.typeOf(part).shape[axis]!
    const [low, high] = [Math.max(from, start), Math.min(to, start + extent)]
    if (low < high) {
      const at = (own: ReadonlyArray<number>, value: number) => own.map((v, i) => (i === axis ? value : v))
      parts.push(sliceOf(cx, part, at(begin, low - start), at(size, high - low), strides))
    }
    start += extent
  }
  // with all parts touched nothing is saved unless the parts become smaller by the slice alone
  if (parts.length === inner.inputs.length && parts.length > 1) return undefined
  return cx.add("Concat", parts, { axis })
}

/** Within the padded tensor: a slice of it. Within the padding: the value. */
const sliceOfPad = (cx: Context, node: NodeOf<"Slice">, inner: NodeOf<"Pad">): NodeId | undefined => {
  const { begin, size, strides } = node.attrs
  const { paddings, value } = inner.attrs
  const x = inner.inputs[0]!
  const shape = cx.typeOf(x).shape
  const first = begin.map((b, i) => b - paddings[i]![0])
  const last = first.map((b, i) => b + (size[i]! - 1) * strides[i]!)
  if (first.every((b, i) => b >= 0 && last[i]! < shape[i]!)) return sliceOf(cx, x, first, size, strides)
  const outside = first.some((b, i) => b >= shape[i]! || last[i]! < 0)
  return outside ? cx.add("Fill", [], { dtype: node.type.dtype, shape: size, value }) : undefined
}

const concat: Rule<"Concat"> = (cx, node) => {
  const { axis } = node.attrs
  const parts = node.inputs.filter((x) => cx.typeOf(x).shape[axis] !== 0)
  if (parts.length === 1) return parts[0]!
  if (parts.length === 0) return undefined
  const first = cx.nodeOf(parts[0]!)
  if (first.op === "Fill" && parts.every((x) => isSameFill(cx, x, first.attrs.value))) {
    return cx.add("Fill", [], { ...first.attrs, shape: node.type.shape })
  }
  const joined: Array<NodeId> = []
  for (const part of parts) {
    const nested = as(cx, part, "Concat")
    if (nested !== undefined && nested.attrs.axis === axis && cx.uses(part) <= 1) joined.push(...nested.inputs)
    else {
      const merged = joined.length === 0 ? undefined : adjacent(cx, joined.at(-1)!, part, axis)
      if (merged === undefined) joined.push(part)
      else joined[joined.length - 1] = merged
    }
  }
  const same = joined.length === node.inputs.length && joined.every((x, i) => x === node.inputs[i])
  return same ? undefined : cx.add("Concat", joined, { axis })
}

const isSameFill = (cx: Context, x: NodeId, value: number) => Object.is(as(cx, x, "Fill")?.attrs.value, value)

/** Two slices of one tensor, the second where the first ends, as one. */
const adjacent = (cx: Context, x: NodeId, y: NodeId, axis: number): NodeId | undefined => {
  const [a, b] = [as(cx, x, "Slice"), as(cx, y, "Slice")]
  if (a === undefined || b === undefined || a.inputs[0] !== b.inputs[0]) return undefined
  const others = a.attrs.begin.every((begin, i) => i === axis || (begin === b.attrs.begin[i] && a.attrs.size[i] === b.attrs.size[i]))
  const strides = [...a.attrs.strides, ...b.attrs.strides].every((s) => s === 1)
  if (!others || !strides || a.attrs.begin[axis]! + a.attrs.size[axis]! !== b.attrs.begin[axis]) return undefined
  const size = a.attrs.size.map((d, i) => (i === axis ? d + b.attrs.size[i]! : d))
  return sliceOf(cx, a.inputs[0]!, a.attrs.begin, size)
}

const pad: Rule<"Pad"> = (cx, node) => {
  const x = node.inputs[0]!
  const inner = cx.nodeOf(x)
  const { paddings, value } = node.attrs
  if (paddings.every(([before, after]) => before === 0 && after === 0)) return x
  if (inner.op === "Fill" && Object.is(inner.attrs.value, value)) return cx.add("Fill", [], { ...inner.attrs, shape: node.type.shape })
  if (inner.op !== "Pad" || !Object.is(inner.attrs.value, value) || cx.uses(x) > 1) return undefined
  const both = paddings.map(([before, after], i) => [before + inner.attrs.paddings[i]![0], after + inner.attrs.paddings[i]![1]] as const)
  return cx.add("Pad", inner.inputs, { paddings: both, value })
}

/** A tensor with zeros around it along one axis. */
interface Strip {
  readonly x: NodeId
  readonly axis: number
  readonly begin: number
  readonly end: number
}

const stripOf = (cx: Context, id: NodeId): Strip | undefined => {
  const node = as(cx, id, "Pad")
  if (node === undefined || node.attrs.value !== 0) return undefined
  const padded = node.attrs.paddings.flatMap(([before, after], i) => (before > 0 || after > 0 ? [i] : []))
  if (padded.length !== 1) return undefined
  const axis = padded[0]!
  const begin = node.attrs.paddings[axis]![0]
  return { x: node.inputs[0]!, axis, begin, end: begin + cx.typeOf(node.inputs[0]!).shape[axis]! }
}

/** The sum of two strips that touch and do not overlap: their concatenation, padded by what is left. */
const sumOfStrips = (cx: Context, x: NodeId, y: NodeId): NodeId | undefined => {
  const [a, b] = [stripOf(cx, x), stripOf(cx, y)]
  if (a === undefined || b === undefined || a.axis !== b.axis) return undefined
  const [low, high] = a.begin <= b.begin ? [a, b] : [b, a]
  if (low.end !== high.begin) return undefined
  const { axis } = a
  const both = cx.add("Concat", [low.x, high.x], { axis })
  const total = cx.typeOf(x).shape[axis]!
  const paddings = cx.typeOf(x).shape.map((_, i) => (i === axis ? ([low.begin, total - high.end] as const) : ([0, 0] as const)))
  return cx.add("Pad", [both], { paddings, value: 0 })
}

/** Gradients of slices: tfjs adds each up in its padding. Also `(x + strip) + strip`. */
const add: Rule<"Add"> = (cx, node) => {
  const [x, y] = [node.inputs[0]!, node.inputs[1]!]
  const direct = sumOfStrips(cx, x, y)
  if (direct !== undefined) return direct
  for (const [sum, strip] of [
    [x, y],
    [y, x]
  ] as const) {
    const inner = as(cx, sum, "Add")
    if (inner === undefined || cx.uses(sum) > 1 || stripOf(cx, strip) === undefined) continue
    for (const [i, other] of [
      [0, 1],
      [1, 0]
    ] as const) {
      const joined = sumOfStrips(cx, inner.inputs[i]!, strip)
      if (joined !== undefined) return cx.add("Add", [inner.inputs[other]!, joined], {})
    }
  }
  return undefined
}

/** @category rules @since 0.1.0 */
export const sliceRules: Rules = mergeRules({ Slice: [slice], Concat: [concat], Pad: [pad] }, forOps(["Add"] as const, add))

/** @category passes @since 0.1.0 */
export const slices: Pass = passOf(sliceRules)

/**
 * Arithmetic identities on single nodes: neutral elements, signs, casts, selections.
 *
 * Results stay bit-identical but for two things. `x + 0` becomes `x`, and `-(a - b)` becomes `b - a`: a zero may change its
 * sign. `(x * a) * b` becomes `x * (a * b)` where `a` or `b` is a power of two: values under 2^-126 or over 2^127 on the way may differ.
 * Nothing is assumed of NaN and infinities: `x - x`, `0 * x` and `x / x` stay.
 *
 * @since 0.1.0
 */
import * as Builder from "../graph/Builder.ts"
import type { NodeId } from "../graph/Graph.ts"
import { as, fillOf, isFill, isPowerOfTwo } from "./operands.ts"
import { type Context, mergeRules, type Pass, passOf, type Rule, type Rules } from "./rebuild.ts"

const isFloat = (cx: Context, x: NodeId) => cx.typeOf(x).dtype === "float32"
const likeFill = (cx: Context, x: NodeId, value: number) => Builder.fill(cx, cx.typeOf(x), value)

/** Literals second, otherwise the older operand first: `a + b` and `b + a` become one node. */
const ordered: Rule<"Add" | "Mul" | "And" | "Or" | "Equal" | "NotEqual"> = (cx, node) => {
  const [x, y] = [node.inputs[0]!, node.inputs[1]!]
  const [literalX, literalY] = [fillOf(cx, x) !== undefined, fillOf(cx, y) !== undefined]
  const swap = literalX === literalY ? x > y : literalX
  return swap ? cx.add(node.op, [y, x], {}) : undefined
}

const add: Rule<"Add"> = (cx, node) => {
  const [x, y] = [node.inputs[0]!, node.inputs[1]!]
  if (isFill(cx, y, 0)) return x
  const negX = as(cx, x, "Neg")
  const negY = as(cx, y, "Neg")
  if (negY !== undefined) return cx.add("Sub", [x, negY.inputs[0]!], {})
  if (negX !== undefined) return cx.add("Sub", [y, negX.inputs[0]!], {})
  return undefined
}

const sub: Rule<"Sub"> = (cx, node) => {
  const [x, y] = [node.inputs[0]!, node.inputs[1]!]
  if (isFill(cx, y, 0)) return x
  if (isFill(cx, x, 0)) return cx.add("Neg", [y], {})
  const negY = as(cx, y, "Neg")
  return negY === undefined ? undefined : cx.add("Add", [x, negY.inputs[0]!], {})
}

const mul: Rule<"Mul"> = (cx, node) => {
  const [x, y] = [node.inputs[0]!, node.inputs[1]!]
  const negX = as(cx, x, "Neg")
  const negY = as(cx, y, "Neg")
  if (negX !== undefined && negY !== undefined) return cx.add("Mul", [negX.inputs[0]!, negY.inputs[0]!], {})
  const c = fillOf(cx, y)
  if (c === undefined) return undefined
  if (c === 1) return x
  if (c === -1) return cx.add("Neg", [x], {})
  if (!isFloat(cx, x)) return undefined
  if (negX !== undefined) return cx.add("Mul", [negX.inputs[0]!, likeFill(cx, y, -c)], {})
  const inner = as(cx, x, "Mul")
  const d = inner === undefined ? undefined : fillOf(cx, inner.inputs[1]!)
  if (inner === undefined || d === undefined || !(isPowerOfTwo(c) || isPowerOfTwo(d))) return undefined
  const product = Math.fround(c * d)
  return product === c * d && Math.abs(product) > 2 ** -126 ? cx.add("Mul", [inner.inputs[0]!, likeFill(cx, y, product)], {}) : undefined
}

/** `(x * c) * y` with `y` repeated and `c` a power of two: `c` goes to the smaller factor. */
const scaleSmaller: Rule<"Mul"> = (cx, node) => {
  for (const [big, small] of [
    [0, 1],
    [1, 0]
  ] as const) {
    const scaled = as(cx, node.inputs[big]!, "Mul")
    const repeated = as(cx, node.inputs[small]!, "Broadcast")
    const c = scaled === undefined ? undefined : fillOf(cx, scaled.inputs[1]!)
    if (scaled === undefined || repeated === undefined || c === undefined || !isPowerOfTwo(c) || !isFloat(cx, node.inputs[0]!)) continue
    const y = repeated.inputs[0]!
    const factor = cx.add("Mul", [y, likeFill(cx, y, c)], {})
    return cx.add("Mul", [scaled.inputs[0]!, Builder.broadcastTo(cx, factor, node.type.shape)], {})
  }
  return undefined
}

const div: Rule<"Div"> = (cx, node) => {
  const [x, y] = [node.inputs[0]!, node.inputs[1]!]
  const c = fillOf(cx, y)
  if (!isFloat(cx, x)) return c === 1 ? x : undefined
  if (c !== undefined && isPowerOfTwo(c)) return cx.add("Mul", [x, likeFill(cx, y, 1 / c)], {})
  const negX = as(cx, x, "Neg")
  const negY = as(cx, y, "Neg")
  if (negX !== undefined && negY !== undefined) return cx.add("Div", [negX.inputs[0]!, negY.inputs[0]!], {})
  if (negX !== undefined && c !== undefined) return cx.add("Div", [negX.inputs[0]!, likeFill(cx, y, -c)], {})
  if (isFill(cx, x, 1)) return cx.add("Reciprocal", [y], {})
  return undefined
}

const pow: Rule<"Pow"> = (cx, node) => {
  const [x, y] = [node.inputs[0]!, node.inputs[1]!]
  const c = fillOf(cx, y)
  if (c === 1) return x
  return c === 2 ? cx.add("Mul", [x, x], {}) : undefined
}

const neg: Rule<"Neg"> = (cx, node) => {
  const x = node.inputs[0]!
  const inner = cx.nodeOf(x)
  if (inner.op === "Neg") return inner.inputs[0]!
  if (inner.op === "Sub" && cx.uses(x) <= 1) return cx.add("Sub", [inner.inputs[1]!, inner.inputs[0]!], {})
  if (inner.op !== "Mul" && inner.op !== "Div") return undefined
  const c = fillOf(cx, inner.inputs[1]!)
  if (c === undefined || !isFloat(cx, x)) return undefined
  return cx.add(inner.op, [inner.inputs[0]!, likeFill(cx, x, -c)], {})
}

/** `f(f(x))` is `f(x)`, and `|-x|` is `|x|`. */
const idempotent: Rule<"Abs" | "Relu" | "Sign" | "Floor" | "Ceil" | "Round"> = (cx, node) => {
  const inner = cx.nodeOf(node.inputs[0]!)
  if (inner.op === node.op) return node.inputs[0]!
  return node.op === "Abs" && inner.op === "Neg" ? cx.add("Abs", inner.inputs, {}) : undefined
}

const sameTwice: Rule<"Max" | "Min" | "And" | "Or"> = (_, node) => (node.inputs[0] === node.inputs[1] ? node.inputs[0] : undefined)

const logical: Rule<"And" | "Or"> = (cx, node) => {
  const [x, y] = [node.inputs[0]!, node.inputs[1]!]
  const c = fillOf(cx, y)
  if (c === undefined) return undefined
  return (c !== 0) === (node.op === "And") ? x : y
}

const not: Rule<"Not"> = (cx, node) => {
  const inner = cx.nodeOf(node.inputs[0]!)
  if (inner.op === "Not") return inner.inputs[0]!
  if (inner.op === "Equal") return cx.add("NotEqual", inner.inputs, {})
  return inner.op === "NotEqual" ? cx.add("Equal", inner.inputs, {}) : undefined
}

const cast: Rule<"Cast"> = (cx, node) => {
  const x = node.inputs[0]!
  const { dtype } = node.attrs
  if (cx.typeOf(x).dtype === dtype) return x
  const inner = as(cx, x, "Cast")
  // from bool all numbers come as 0 or 1, which every further cast keeps
  if (inner !== undefined && cx.typeOf(inner.inputs[0]!).dtype === "bool") return Builder.cast(cx, inner.inputs[0]!, dtype)
  const hot = as(cx, x, "OneHot")
  if (hot !== undefined && cx.uses(x) <= 1 && hot.attrs.dtype !== "bool") {
    const exact = [hot.attrs.onValue, hot.attrs.offValue].every((v) => v === 0 || v === 1)
    if (exact) return cx.add("OneHot", hot.inputs, { ...hot.attrs, dtype })
  }
  return undefined
}

const select: Rule<"Select"> = (cx, node) => {
  const [condition, x, y] = [node.inputs[0]!, node.inputs[1]!, node.inputs[2]!]
  if (x === y) return x
  const c = fillOf(cx, condition)
  if (c !== undefined) return c !== 0 ? x : y
  const not = as(cx, condition, "Not")
  if (not !== undefined) return cx.add("Select", [not.inputs[0]!, y, x], {})
  return isFill(cx, x, 1) && isFill(cx, y, 0) ? Builder.cast(cx, condition, node.type.dtype) : undefined
}

/** @category rules @since 0.1.0 */
export const algebraicRules: Rules = mergeRules(
  { Add: [ordered], Mul: [ordered], And: [ordered], Or: [ordered], Equal: [ordered], NotEqual: [ordered] },
  { Add: [add], Sub: [sub], Mul: [mul, scaleSmaller], Div: [div], Pow: [pow], Neg: [neg], Not: [not], Cast: [cast], Select: [select] },
  { Max: [sameTwice], Min: [sameTwice], And: [sameTwice, logical], Or: [sameTwice, logical] },
  { Abs: [idempotent], Relu: [idempotent], Sign: [idempotent], Floor: [idempotent], Ceil: [idempotent], Round: [idempotent] }
)

/** @category passes @since 0.1.0 */
export const algebraic: Pass = passOf(algebraicRules)

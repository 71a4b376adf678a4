/**
 * Products leave out rows and columns that are padding: the gradients that tfjs makes of slices.
 *
 * Not bit-identical where the other factor holds NaN or infinity against a padded zero, or where the inner axis is a
 * concatenation: then the product is a sum of products, each rounded.
 *
 * @since 0.1.0
 */
import * as Builder from "../graph/Builder.ts"
import type { NodeId, NodeOf } from "../graph/Graph.ts"
import { type Shape, sizeOf } from "../Tensor.ts"
import { as, matrixAxes } from "./operands.ts"
import { padUnder } from "./padMotion.ts"
import { type Context, type Pass, passOf, type Rule, type Rules } from "./rebuild.ts"
import { sliceOf } from "./slices.ts"

/** A matrix of which only some rows (or columns) are not zero: the tensor axes they split into and where they begin. */
interface Padded {
  /** The matrix without the zeros. */
  readonly small: NodeId
  readonly shape: Shape
  readonly begin: ReadonlyArray<number>
  readonly size: Shape
}

/** Greatest share of rows that are not zero with which leaving out the others pays. */
const leastGain = 0.75

/** `side` 0: zero rows; 1: zero columns. */
const paddedOn = (cx: Context, x: NodeId, side: 0 | 1): Padded | undefined => {
  const pad = padUnder(cx, x)
  if (pad === undefined) return undefined
  const matrix = cx.typeOf(x).shape
  const axes = matrixAxes(matrix, pad.type.shape)
  if (axes === undefined) return undefined
  const { paddings } = pad.attrs
  if (axes[side === 0 ? 1 : 0].some((i) => paddings[i]![0] > 0 || paddings[i]![1] > 0)) return undefined
  const size = axes[side].map((i) => cx.typeOf(pad.inputs[0]!).shape[i]!)
  // a few zeros cost less than the copies that leaving them out takes
  if (sizeOf(size) > leastGain * matrix[side]!) return undefined
  const small = Builder.reshape(cx, pad.inputs[0]!, side === 0 ? [sizeOf(size), matrix[1]!] : [matrix[0]!, sizeOf(size)])
  return { small, shape: axes[side].map((i) => pad.type.shape[i]!), begin: axes[side].map((i) => paddings[i]![0]), size }
}

/** The rows (or columns) of `x` that stand against those which are not zero. */
const cut = (cx: Context, x: NodeId, side: 0 | 1, { shape, begin, size }: Padded): NodeId => {
  const [rows, columns] = [cx.typeOf(x).shape[0]!, cx.typeOf(x).shape[1]!]
  const split = Builder.reshape(cx, x, side === 0 ? [...shape, columns] : [rows, ...shape])
  const part = side === 0 ? sliceOf(cx, split, [...begin, 0], [...size, columns]) : sliceOf(cx, split, [0, ...begin], [rows, ...size])
  return Builder.reshape(cx, part, side === 0 ? [sizeOf(size), columns] : [rows, sizeOf(size)])
}

/** Puts the zero rows (or columns) of a product back. */
const restore = (cx: Context, product: NodeId, side: 0 | 1, { shape, begin, size }: Padded): NodeId => {
  const [rows, columns] = [cx.typeOf(product).shape[0]!, cx.typeOf(product).shape[1]!]
  const split = Builder.reshape(cx, product, side === 0 ? [...size, columns] : [rows, ...size])
  const around = shape.map((d, i) => [begin[i]!, d - begin[i]! - size[i]!] as const)
  const whole = cx.add("Pad", [split], { paddings: side === 0 ? [...around, [0, 0]] : [[0, 0], ...around], value: 0 })
  return Builder.reshape(cx, whole, side === 0 ? [sizeOf(shape), columns] : [rows, sizeOf(shape)])
}

/** Which side of each operand is the inner one. */
const innerSides = ({ attrs }: NodeOf<"MatMul">): readonly [0 | 1, 0 | 1] => [attrs.transposeA ? 0 : 1, attrs.transposeB ? 1 : 0]

const other = (side: 0 | 1): 0 | 1 => (side === 0 ? 1 : 0)

const padded: Rule<"MatMul"> = (cx, node) => {
  const [a, b] = [node.inputs[0]!, node.inputs[1]!]
  if (node.type.shape.length !== 2) return undefined
  const [innerA, innerB] = innerSides(node)
  const alongA = paddedOn(cx, a, innerA)
  if (alongA !== undefined) return cx.add("MatMul", [alongA.small, cut(cx, b, innerB, alongA)], node.attrs)
  const alongB = paddedOn(cx, b, innerB)
  if (alongB !== undefined) return cx.add("MatMul", [cut(cx, a, innerA, alongB), alongB.small], node.attrs)
  const rows = paddedOn(cx, a, other(innerA))
  if (rows !== undefined) return restore(cx, cx.add("MatMul", [rows.small, b], node.attrs), 0, rows)
  const columns = paddedOn(cx, b, other(innerB))
  return columns === undefined ? undefined : restore(cx, cx.add("MatMul", [a, columns.small], node.attrs), 1, columns)
}

/** Operand `at` is a concatenation along its outer side: parts with zeros along the inner side have products of their own. */
const outerParts = (cx: Context, node: NodeOf<"MatMul">, at: 0 | 1): NodeId | undefined => {
  const inner = innerSides(node)[at]
  const concat = as(cx, node.inputs[at]!, "Concat")
  if (concat === undefined || concat.attrs.axis === inner || !concat.inputs.some((part) => paddedOn(cx, part, inner) !== undefined)) return undefined
  const products = concat.inputs.map((part) => cx.add("MatMul", at === 0 ? [part, node.inputs[1]!] : [node.inputs[0]!, part], node.attrs))
  return cx.add("Concat", products, { axis: at })
}

/** Operand `at` is a concatenation along the inner side: the product is the sum of the parts' products. */
const innerParts = (cx: Context, node: NodeOf<"MatMul">, at: 0 | 1): NodeId | undefined => {
  const sides = innerSides(node)
  const concat = as(cx, node.inputs[at]!, "Concat")
  if (concat === undefined || concat.attrs.axis !== sides[at]) return undefined
  if (!concat.inputs.some((part) => paddedOn(cx, part, other(sides[at])) !== undefined)) return undefined
  const against = node.inputs[other(at)]!
  const extent = cx.typeOf(against).shape[sides[other(at)]]!
  let begin = 0
  let total: NodeId | undefined
  for (const part of concat.inputs) {
    const size = cx.typeOf(part).shape[sides[at]]!
    const facing = cut(cx, against, sides[other(at)], { small: part, shape: [extent], begin: [begin], size: [size] })
    const product = cx.add("MatMul", at === 0 ? [part, facing] : [facing, part], node.attrs)
    total = total === undefined ? product : cx.add("Add", [total, product], {})
    begin += size
  }
  return total
}

const joined: Rule<"MatMul"> = (cx, node) =>
  node.type.shape.length !== 2
    ? undefined
    : (outerParts(cx, node, 0) ?? outerParts(cx, node, 1) ?? innerParts(cx, node, 0) ?? innerParts(cx, node, 1))

/** @category rules @since 0.1.0 */
export const matMulPadRules: Rules = { MatMul: [padded, joined] }

/** @category passes @since 0.1.0 */
export const matMulPad: Pass = passOf(matMulPadRules)

/**
 * Batched products with one matrix become plain products over all rows, and the sum of batched products over the batch
 * becomes one product: what BLAS does best.
 *
 * The first is bit-identical. The second (the gradient of a matrix used for a whole batch) rounds once instead of once per
 * element of the batch and once for the sum.
 *
 * @since 0.1.0
 */
import * as Builder from "../graph/Builder.ts"
import type { NodeId } from "../graph/Graph.ts"
import { sameShape, type Shape, sizeOf } from "../Tensor.ts"
import { as, padShape, range } from "./operands.ts"
import { type Context, type Pass, passOf, type Rule, type Rules } from "./rebuild.ts"

const batchOf = (shape: Shape): Shape => shape.slice(0, -2)

/** The operand under a broadcast of batch axes alone, at the product's rank: the product repeats it by itself. */
const unrepeated = (cx: Context, x: NodeId): NodeId => {
  const node = as(cx, x, "Broadcast")
  if (node === undefined) return x
  const source = padShape(cx.typeOf(node.inputs[0]!).shape, node.type.shape.length)
  return sameShape(source.slice(-2), node.type.shape.slice(-2)) ? Builder.reshape(cx, node.inputs[0]!, source) : x
}

const repeat: Rule<"MatMul"> = (cx, node) => {
  const [a, b] = [node.inputs[0]!, node.inputs[1]!]
  const [a1, b1] = [unrepeated(cx, a), unrepeated(cx, b)]
  if (a1 === a && b1 === b) return undefined
  const batch = Builder.broadcastShapes(batchOf(cx.typeOf(a1).shape), batchOf(cx.typeOf(b1).shape))
  const product = cx.add("MatMul", [a1, b1], node.attrs)
  return batch !== undefined && sameShape(batch, batchOf(node.type.shape)) ? product : Builder.broadcastTo(cx, product, node.type.shape)
}

/** All batch extents of the right operand are 1: the left one's rows are rows of one matrix. */
const flatten: Rule<"MatMul"> = (cx, node) => {
  const [a, b] = [node.inputs[0]!, node.inputs[1]!]
  const [left, right] = [cx.typeOf(a).shape, cx.typeOf(b).shape]
  if (left.length === 2 || sizeOf(batchOf(right)) !== 1) return undefined
  const batch = sizeOf(batchOf(left))
  const { transposeA } = node.attrs
  if (transposeA && batch !== 1) return undefined
  const matrix = Builder.reshape(cx, b, right.slice(-2))
  const rows = Builder.reshape(cx, a, transposeA ? left.slice(-2) : [batch * left.at(-2)!, left.at(-1)!])
  return Builder.reshape(cx, cx.add("MatMul", [rows, matrix], node.attrs), node.type.shape)
}

/** `sum over b of a[b]ᵀ c[b]`: the batch joins the inner axis. */
const sumOfProducts: Rule<"ReduceSum"> = (cx, node) => {
  const x = node.inputs[0]!
  const product = as(cx, x, "MatMul")
  if (product === undefined || cx.uses(x) > 1 || !product.attrs.transposeA || product.attrs.transposeB) return undefined
  const [a, b] = [cx.typeOf(product.inputs[0]!).shape, cx.typeOf(product.inputs[1]!).shape]
  const batch = range(0, a.length - 2)
  if (!sameShape(node.attrs.axes, batch) || !sameShape(batchOf(a), batchOf(b))) return undefined
  const inner = sizeOf(a.slice(0, -1))
  const rows = Builder.reshape(cx, product.inputs[0]!, [inner, a.at(-1)!])
  const others = Builder.reshape(cx, product.inputs[1]!, [inner, b.at(-1)!])
  return Builder.reshape(cx, cx.add("MatMul", [rows, others], product.attrs), node.type.shape)
}

/** @category rules @since 0.1.0 */
export const matMulBatchRules: Rules = { MatMul: [repeat, flatten], ReduceSum: [sumOfProducts] }

/** @category passes @since 0.1.0 */
export const matMulBatch: Pass = passOf(matMulBatchRules)

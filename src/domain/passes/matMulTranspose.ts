/**
 * Transposes of a product's operands or result become its flags. Bit-identical.
 *
 * @since 0.1.0
 */
import type { NodeId } from "../graph/Graph.ts"
import { as } from "./operands.ts"
import { type Context, type Pass, passOf, type Rule, type Rules } from "./rebuild.ts"

/** The last two axes change places, all others stay. */
const swapsLast = (perm: ReadonlyArray<number>): boolean =>
  perm.length >= 2 && perm.every((p, i) => p === (i === perm.length - 1 ? i - 1 : i === perm.length - 2 ? i + 1 : i))

/** What is under a transpose of the last two axes. */
const swapped = (cx: Context, x: NodeId): NodeId | undefined => {
  const node = as(cx, x, "Transpose")
  return node !== undefined && swapsLast(node.attrs.perm) ? node.inputs[0]! : undefined
}

const operands: Rule<"MatMul"> = (cx, node) => {
  const [a, b] = [swapped(cx, node.inputs[0]!), swapped(cx, node.inputs[1]!)]
  if (a === undefined && b === undefined) return undefined
  const { transposeA, transposeB } = node.attrs
  return cx.add("MatMul", [a ?? node.inputs[0]!, b ?? node.inputs[1]!], {
    ...node.attrs,
    transposeA: (a !== undefined) !== transposeA,
    transposeB: (b !== undefined) !== transposeB
  })
}

/** `(a b)ᵀ = bᵀ aᵀ` for a product that nothing else reads. */
const result: Rule<"Transpose"> = (cx, node) => {
  const product = as(cx, node.inputs[0]!, "MatMul")
  if (product === undefined || !swapsLast(node.attrs.perm) || cx.uses(node.inputs[0]!) > 1) return undefined
  const { transposeA, transposeB } = product.attrs
  return cx.add("MatMul", [product.inputs[1]!, product.inputs[0]!], { ...product.attrs, transposeA: !transposeB, transposeB: !transposeA })
}

/** @category rules @since 0.1.0 */
export const matMulTransposeRules: Rules = { MatMul: [operands], Transpose: [result] }

/** @category passes @since 0.1.0 */
export const matMulTranspose: Pass = passOf(matMulTransposeRules)

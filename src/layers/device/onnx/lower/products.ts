/**
 * Lowering of matrix products and what is made of them row by row.
 *
 * @since 0.1.0
 */
import type { NodeOf } from "../../../../domain/graph/Graph.ts"
import type { Shape } from "../../../../domain/Tensor.ts"
import { type Emitter, type Value, whole } from "./Emitter.ts"
import type { Rules } from "./rule.ts"
import { leading } from "./structure.ts"

const gemm = (e: Emitter, a: string, b: string, transA: boolean, transB: boolean): string =>
  e.emit("Gemm", [a, b], { ...(transA ? { transA: 1 } : {}), ...(transB ? { transB: 1 } : {}) })

const asMatrix = (e: Emitter, name: string, shape: Shape): string =>
  shape.length === 2 ? name : e.reshape(name, [leading(shape, 1), shape[shape.length - 1]!])

/** Two-dimensional products, and batched ones that are one product of stacked rows, go to Gemm; others to (Fused)MatMul. */
const matMul = (e: Emitter, node: NodeOf<"MatMul">): Value => {
  const { transposeA, transposeB } = node.attrs
  const [a, b] = [e.full(node.inputs[0]!), e.full(node.inputs[1]!)]
  const [from, to] = [e.at(node.inputs[0]!).type.shape, e.at(node.inputs[1]!).type.shape]
  const { shape } = node.type
  const stackable = leading(to, 2) === 1 && (!transposeA || leading(from, 2) === 1)
  if (stackable && shape.every((d) => d > 0)) {
    const product = gemm(e, asMatrix(e, a, from), asMatrix(e, b, to), transposeA, transposeB)
    return whole(shape.length === 2 ? product : e.reshape(product, shape), node)
  }
  if (!transposeA && !transposeB) return whole(e.emit("MatMul", [a, b]), node)
  const attributes = { transA: transposeA ? 1 : 0, transB: transposeB ? 1 : 0 }
  return whole(e.emit("FusedMatMul", [a, b], attributes, "com.microsoft"), node)
}

/** @category rules @since 0.1.0 */
export const productRules = {
  MatMul: matMul,
  Softmax: (e, node) => whole(e.emit("Softmax", [e.full(node.inputs[0]!)], { axis: -1 }), node),
  LogSoftmax: (e, node) => whole(e.emit("LogSoftmax", [e.full(node.inputs[0]!)], { axis: -1 }), node)
} satisfies Rules

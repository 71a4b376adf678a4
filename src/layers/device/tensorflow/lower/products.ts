/**
 * Lowering of matrix products and softmax.
 *
 * @since 0.1.0
 */
import type { NodeOf } from "../../../../domain/graph/Graph.ts"
import type { Shape } from "../../../../domain/Tensor.ts"
import { isOneProduct, stacked } from "../../hosted/lower/shapes.ts"
import { type Value, whole } from "../../hosted/lower/Values.ts"
import type { Emitter } from "./Emitter.ts"
import type { Rules } from "./rule.ts"

const float32 = { type: "float32" } as const

const asMatrix = (e: Emitter, name: string, shape: Shape): string => (shape.length === 2 ? name : e.reshape(name, "float32", stacked(shape)))

/** Two-dimensional products, and batched ones that are one product of stacked rows, go to MatMul; others to BatchMatMulV2. */
const matMul = (e: Emitter, node: NodeOf<"MatMul">): Value => {
  const { transposeA, transposeB } = node.attrs
  const [a, b] = [e.full(node.inputs[0]!), e.full(node.inputs[1]!)]
  const [from, to] = [e.at(node.inputs[0]!).type.shape, e.at(node.inputs[1]!).type.shape]
  const { shape } = node.type
  if (isOneProduct(e, node)) {
    const attributes = { T: float32, transpose_a: { bool: transposeA }, transpose_b: { bool: transposeB } }
    const product = e.emit("MatMul", [asMatrix(e, a, from), asMatrix(e, b, to)], attributes)
    return whole(shape.length === 2 ? product : e.reshape(product, "float32", shape), node)
  }
  return whole(e.emit("BatchMatMulV2", [a, b], { T: float32, adj_x: { bool: transposeA }, adj_y: { bool: transposeB } }), node)
}

/** @category rules @since 0.1.0 */
export const productRules = {
  MatMul: matMul,
  Softmax: (e, node) => whole(e.of("Softmax", "float32", e.full(node.inputs[0]!)), node),
  LogSoftmax: (e, node) => whole(e.of("LogSoftmax", "float32", e.full(node.inputs[0]!)), node)
} satisfies Rules

/**
 * Lowering of ops without operands.
 *
 * @since 0.1.0
 */
import type { NodeOf } from "../../../../domain/graph/Graph.ts"
import type { DType, Shape, TensorData } from "../../../../domain/Tensor.ts"
import { type Value, whole } from "./Values.ts"

/** Part of an emitter. @category models @since 0.1.0 */
export interface Literals {
  readonly scalar: (dtype: DType, value: number) => string
  readonly literal: (dtype: DType, shape: Shape, data: TensorData) => string
}

/** @category rules @since 0.1.0 */
export const literalRules = {
  Constant: (e: Literals, node: NodeOf<"Constant">): Value => whole(e.literal(node.type.dtype, node.attrs.shape, node.attrs.data), node),
  Fill: (e: Literals, node: NodeOf<"Fill">): Value => ({ name: e.scalar(node.type.dtype, node.attrs.value), shape: [] }),
  Iota: (e: Literals, { type, attrs: { axis } }: NodeOf<"Iota">): Value => {
    const n = type.shape[axis]!
    const data = type.dtype === "float32" ? new Float32Array(n) : new Int32Array(n)
    for (let i = 0; i < n; i++) data[i] = i
    const shape = [n, ...type.shape.slice(axis + 1).map(() => 1)]
    return { name: e.literal(type.dtype, shape, data), shape }
  }
}

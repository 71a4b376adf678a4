/**
 * What lowerings of elementwise ops have in common. Operands are taken unexpanded, so the result may be smaller than the node's
 * type too.
 *
 * @since 0.1.0
 */
import { broadcastShapes } from "../../../../domain/graph/Builder.ts"
import type { Node, NodeId } from "../../../../domain/graph/Graph.ts"
import type { DType, Shape } from "../../../../domain/Tensor.ts"
import type { Value, Values } from "./Values.ts"

/** Emits what gives the result for operands of one dtype. @category models @since 0.1.0 */
export type Compose<E extends Values> = (e: E, x: ReadonlyArray<string>, dtype: DType) => string

/** @category shapes @since 0.1.0 */
export const shapeOf = (values: ReadonlyArray<Value>): Shape =>
  // operands broadcast to the one type of the node, hence with each other
  values.reduce<Shape>((shape, v) => broadcastShapes(shape, v.shape)!, [])

/** A rule by a function of operand names and the operands' dtype. @category rules @since 0.1.0 */
export const ruleOf =
  <E extends Values>(compose: Compose<E>) =>
  (e: E, node: Node): Value => {
    const values = node.inputs.map((x) => e.value(x))
    return {
      name: compose(
        e,
        values.map((v) => v.name),
        e.at(node.inputs[0]!).type.dtype
      ),
      shape: shapeOf(values)
    }
  }

/** The operand of `isNan(x) ? x : sign(relu(x))`: tfjs's gradient of ReLU, which lets NaN through. @category rules @since 0.1.0 */
export const steppedOperand = (e: Values, [condition, x, y]: ReadonlyArray<NodeId>): NodeId | undefined => {
  const [isNan, sign] = [e.at(condition!), e.at(y!)]
  const relu = sign.op === "Sign" ? e.at(sign.inputs[0]!) : undefined
  return isNan.op === "IsNan" && isNan.inputs[0] === x && relu?.op === "Relu" && relu.inputs[0] === x ? x : undefined
}

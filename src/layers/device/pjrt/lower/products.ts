/**
 * Lowering of matrix products. Transposes are contracted axes, and an operand that the whole batch shares is not repeated.
 *
 * @since 0.1.0
 */
import type { NodeOf } from "../../../../domain/graph/Graph.ts"
import { type Shape, sizeOf } from "../../../../domain/Tensor.ts"
import { type Emitter, type Precision, typeOf, type Value } from "./Emitter.ts"
import type { Rules } from "./rule.ts"
import { typeText } from "./text.ts"

/**
 * What a product is computed with. One that is exact is not to be rounded by the hardware either: TPUs make bfloat16 of float32
 * unless told otherwise. Operands that mixed precision has rounded to bfloat16 are taken as such, which changes no number.
 *
 * @category rules
 * @since 0.1.0
 */
export const productPrecision = (e: Emitter, operands: ReadonlyArray<Value>, exact: boolean): Precision =>
  exact ? "highest" : operands.every((x) => x.isBfloat16 === true) ? "bfloat16" : e.options.precision

/** @category rules @since 0.1.0 */
export const factor = (e: Emitter, x: Value, precision: Precision): Value => (precision === "bfloat16" ? e.convert(x, "bfloat16") : x)

interface Axes {
  readonly batch: readonly [ReadonlyArray<number>, ReadonlyArray<number>]
  readonly inner: readonly [number, number]
}

const dot = (e: Emitter, operands: readonly [Value, Value], { batch, inner }: Axes, shape: Shape, precision: Precision): Value => {
  const [a, b] = [factor(e, operands[0], precision), factor(e, operands[1], precision)]
  const batching = batch[0].length > 0 ? ` batching_dims = [${batch[0].join(", ")}] x [${batch[1].join(", ")}],` : ""
  const exactly = precision === "highest" ? ", precision = [HIGHEST, HIGHEST]" : ""
  const types = `(${typeOf(a)}, ${typeOf(b)}) -> ${typeText("float32", shape)}`
  return e.emit(
    `stablehlo.dot_general ${a.name}, ${b.name},${batching} contracting_dims = [${inner[0]}] x [${inner[1]}]${exactly} : ${types}`,
    "float32",
    shape
  )
}

const matMul = (e: Emitter, node: NodeOf<"MatMul">, x: ReadonlyArray<Value>): Value => {
  const { transposeA, transposeB, exact } = node.attrs
  const { shape } = node.type
  const [a, b] = [x[0]!, x[1]!]
  const precision = productPrecision(e, [a, b], exact === true)
  const rank = shape.length
  const axes = shape.map((_, i) => i)
  const [innerA, innerB] = [transposeA ? rank - 2 : rank - 1, transposeB ? rank - 1 : rank - 2]
  const matrix = (v: Value) => e.reshape(v, v.shape.slice(-2))
  const isShared = (v: Value) => sizeOf(v.shape.slice(0, -2)) === 1
  if (isShared(b) && sizeOf(shape.slice(0, -2)) === sizeOf(a.shape.slice(0, -2))) {
    return dot(e, [a, matrix(b)], { batch: [[], []], inner: [innerA, innerB - rank + 2] }, shape, precision)
  }
  if (isShared(a)) {
    // the batch first, then b's columns, then a's rows
    const swapped = [...shape.slice(0, -2), shape[rank - 1]!, shape[rank - 2]!]
    const product = dot(e, [b, matrix(a)], { batch: [[], []], inner: [innerB, innerA - rank + 2] }, swapped, precision)
    return e.transpose(product, [...axes.slice(0, -2), rank - 1, rank - 2])
  }
  const whole = (v: Value) => e.expand(v, [...shape.slice(0, -2), ...v.shape.slice(-2)])
  const batch = axes.slice(0, -2)
  return dot(e, [whole(a), whole(b)], { batch: [batch, batch], inner: [innerA, innerB] }, shape, precision)
}

/** @category rules @since 0.1.0 */
export const productRules = { MatMul: matMul } satisfies Rules

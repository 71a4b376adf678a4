/**
 * The small checks of which type rules are made. Each throws a `TypeRefusal` that says what was expected and what came.
 *
 * @since 0.1.0
 */
import { type DType, printType, sameShape, type Shape, type TensorType } from "../Tensor.ts"

/** What a type rule throws; `inferType` turns it into a value. @category errors @since 0.1.0 */
export class TypeRefusal extends Error {}

/** @category checks @since 0.1.0 */
export const refuse = (expected: string, came: string): never => {
  throw new TypeRefusal(`expected ${expected}, got ${came}`)
}

/** `f32[2,3], i32[4]`. @category checks @since 0.1.0 */
export const printTypes = (types: ReadonlyArray<TensorType>): string => (types.length === 0 ? "no operands" : types.map(printType).join(", "))

/** Exactly `n` operands. @category checks @since 0.1.0 */
export const arity = (inputs: ReadonlyArray<TensorType>, n: number): void => {
  if (inputs.length !== n) refuse(n === 0 ? "no operands" : n === 1 ? "1 operand" : `${n} operands`, printTypes(inputs))
}

/** One of `dtypes`. @category checks @since 0.1.0 */
export const dtypeIn = (type: TensorType, dtypes: ReadonlyArray<DType>, what = "the operand"): void => {
  if (!dtypes.includes(type.dtype)) refuse(`${dtypes.join(" or ")} for ${what}`, printType(type))
}

/** @category checks @since 0.1.0 */
export const rankIs = (type: TensorType, rank: number, what = "the operand"): void => {
  if (type.shape.length !== rank) refuse(`rank ${rank} for ${what}`, printType(type))
}

/** All operands of the first one's shape. @category checks @since 0.1.0 */
export const equalShapes = (inputs: ReadonlyArray<TensorType>): void => {
  const first = inputs[0]!
  for (const t of inputs)
    if (!sameShape(t.shape, first.shape)) refuse("operands of one shape (a Broadcast node repeats elements)", printTypes(inputs))
}

/** All operands of the first one's dtype. @category checks @since 0.1.0 */
export const equalDTypes = (inputs: ReadonlyArray<TensorType>): void => {
  const first = inputs[0]!
  for (const t of inputs) if (t.dtype !== first.dtype) refuse("operands of one dtype (a Cast node converts)", printTypes(inputs))
}

/** The operand (or result) `what` has exactly this type. @category checks @since 0.1.0 */
export const typeIs = (type: TensorType, expected: TensorType, what: string): void => {
  if (type.dtype !== expected.dtype || !sameShape(type.shape, expected.shape)) refuse(`${printType(expected)} for ${what}`, printType(type))
}

const isExtent = (d: number) => Number.isInteger(d) && d >= 0

/** A shape of whole non-negative extents. @category checks @since 0.1.0 */
export const isShape = (shape: Shape): void => {
  if (!shape.every(isExtent)) refuse("whole, non-negative extents", `[${shape}]`)
}

/** An axis in `0 … rank-1`. @category checks @since 0.1.0 */
export const axisOf = (type: TensorType, axis: number): void => {
  if (!Number.isInteger(axis) || axis < 0 || axis >= type.shape.length)
    refuse(`an axis in 0 … ${type.shape.length - 1} of ${printType(type)}`, `axis ${axis}`)
}

/** Ascending axes without repeats. @category checks @since 0.1.0 */
export const axesOf = (type: TensorType, axes: ReadonlyArray<number>): void => {
  axes.forEach((axis, i) => {
    axisOf(type, axis)
    if (i > 0 && axes[i - 1]! >= axis) refuse("ascending axes without repeats", `[${axes}]`)
  })
}

/** Entries of an attribute: one for each axis of the operand. @category checks @since 0.1.0 */
export const onePerAxis = (type: TensorType, entries: ReadonlyArray<unknown>, what: string): void => {
  if (entries.length !== type.shape.length) refuse(`${what} for each of ${type.shape.length} axes of ${printType(type)}`, `${entries.length}`)
}

/** A whole number of at least `min`. @category checks @since 0.1.0 */
export const atLeast = (value: number, min: number, what: string): void => {
  if (!Number.isInteger(value) || value < min) refuse(`a whole ${what} of at least ${min}`, `${value}`)
}

/**
 * Host tensors: a type (dtype and static shape) with row-major data.
 *
 * @since 0.1.0
 */

/** Element types of the intermediate representation. `bool` is stored as one byte, 0 or 1. @category models @since 0.1.0 */
export type DType = "float32" | "int32" | "bool"

/** A static shape: one positive extent (0 allowed) for each axis; `[]` is a scalar. @category models @since 0.1.0 */
export type Shape = ReadonlyArray<number>

/** What is known of a tensor before it has a value. @category models @since 0.1.0 */
export interface TensorType {
  readonly dtype: DType
  readonly shape: Shape
}

/** Row-major elements: `Float32Array` for float32, `Int32Array` for int32, `Uint8Array` for bool. @category models @since 0.1.0 */
export type TensorData = Float32Array | Int32Array | Uint8Array

/** A value on the host; `data.length` equals the product of the shape. @category models @since 0.1.0 */
export interface Tensor {
  readonly dtype: DType
  readonly shape: Shape
  readonly data: TensorData
}

/** Number of elements of a shape. @category rules @since 0.1.0 */
export const sizeOf = (shape: Shape): number => {
  let n = 1
  for (const d of shape) n *= d
  return n
}

/** Bytes of one element. @category rules @since 0.1.0 */
export const bytesPerElement = (dtype: DType): number => (dtype === "bool" ? 1 : 4)

/** Bytes of a whole tensor of this type. @category rules @since 0.1.0 */
export const byteSizeOf = (type: TensorType): number => sizeOf(type.shape) * bytesPerElement(type.dtype)

/** Elements to advance in row-major data for one step along each axis. @category rules @since 0.1.0 */
export const stridesOf = (shape: Shape): Array<number> => {
  const strides = new Array<number>(shape.length)
  let n = 1
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = n
    n *= shape[i]!
  }
  return strides
}

/** @category rules @since 0.1.0 */
export const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((d, i) => d === b[i])

/** @category rules @since 0.1.0 */
export const sameType = (a: TensorType, b: TensorType): boolean => a.dtype === b.dtype && sameShape(a.shape, b.shape)

/** Zero-filled elements for `length` values of `dtype`. @category constructors @since 0.1.0 */
export const allocate = (dtype: DType, length: number): TensorData =>
  dtype === "float32" ? new Float32Array(length) : dtype === "int32" ? new Int32Array(length) : new Uint8Array(length)

/** A typed view of `length` elements of a buffer, starting at `byteOffset`; nothing is copied. @category constructors @since 0.1.0 */
export const view = (dtype: DType, buffer: ArrayBufferLike, byteOffset: number, length: number): TensorData =>
  dtype === "float32"
    ? new Float32Array(buffer, byteOffset, length)
    : dtype === "int32"
      ? new Int32Array(buffer, byteOffset, length)
      : new Uint8Array(buffer, byteOffset, length)

/** The dtype whose storage is this array's class; `undefined` for any other value. @category rules @since 0.1.0 */
export const dtypeOfData = (data: unknown): DType | undefined =>
  data instanceof Float32Array ? "float32" : data instanceof Int32Array ? "int32" : data instanceof Uint8Array ? "bool" : undefined

const isExtent = (d: number) => Number.isInteger(d) && d >= 0

/**
 * A host tensor over `data` (not copied). The dtype follows from the array's class.
 * Throws a `RangeError` when the shape does not hold exactly `data.length` elements: a mistake of the caller, not of the data.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (data: TensorData, shape: Shape): Tensor => {
  const dtype = dtypeOfData(data)
  if (dtype === undefined) throw new TypeError("Tensor.make: expected a Float32Array, an Int32Array or a Uint8Array")
  if (!shape.every(isExtent) || sizeOf(shape) !== data.length) {
    throw new RangeError(`Tensor.make: shape [${shape}] does not hold ${data.length} elements`)
  }
  return { dtype, shape, data }
}

/** `f32[8,128]`, the form used in printed graphs and messages. @category rules @since 0.1.0 */
export const printType = (type: TensorType): string =>
  `${type.dtype === "float32" ? "f32" : type.dtype === "int32" ? "i32" : "bool"}[${type.shape.join(",")}]`

/**
 * Copies elements into an array of the same class and at least that length. Of bools every number but 0 becomes 1: engines look at
 * different bits of others.
 *
 * @category conversions
 * @since 0.1.0
 */
export const copyElements = (to: TensorData, from: TensorData): void => {
  if (from instanceof Uint8Array) for (let i = 0; i < from.length; i++) to[i] = from[i] === 0 ? 0 : 1
  else to.set(from)
}

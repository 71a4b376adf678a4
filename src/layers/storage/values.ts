/**
 * Stored tensors of any element type as those of a state: what a warm start takes.
 *
 * @since 0.1.0
 */
import { allocate, type Tensor, view } from "../../domain/Tensor.ts"
import type { BundleDType, BundleTensor } from "./bundle.ts"

/** IEEE 754 binary16. @category rules @since 0.1.0 */
export const fromHalf = (half: number): number => {
  const sign = half & 0x8000 ? -1 : 1
  const exponent = (half >> 10) & 0x1f
  const fraction = half & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

const word = new Uint32Array(1)
const float = new Float32Array(word.buffer)

/** The upper half of a float32. @category rules @since 0.1.0 */
export const fromBfloat16 = (bits: number): number => {
  word[0] = bits << 16
  return float[0]!
}

type Read = (data: DataView, element: number) => number

const float32Readers: Partial<Record<BundleDType, Read>> = {
  float64: (data, i) => data.getFloat64(i * 8, true),
  float16: (data, i) => fromHalf(data.getUint16(i * 2, true)),
  bfloat16: (data, i) => fromBfloat16(data.getUint16(i * 2, true))
}

const int32Readers: Partial<Record<BundleDType, Read>> = {
  int64: (data, i) => Number(data.getBigInt64(i * 8, true)),
  uint64: (data, i) => Number(data.getBigUint64(i * 8, true)),
  uint32: (data, i) => data.getUint32(i * 4, true),
  int16: (data, i) => data.getInt16(i * 2, true),
  uint16: (data, i) => data.getUint16(i * 2, true),
  int8: (data, i) => data.getInt8(i),
  uint8: (data, i) => data.getUint8(i)
}

const isInt32 = (x: number): boolean => x >= -2147483648 && x <= 2147483647

/**
 * float64, float16 and bfloat16 become float32, whole numbers int32; what no state can hold (strings, complex and quantized
 * numbers, whole numbers beyond int32) gives a text that says so. `bytes` must lie 4-byte aligned.
 *
 * @category rules
 * @since 0.1.0
 */
export const valueOf = (tensor: BundleTensor): Tensor | string => {
  const { dtype, shape } = tensor
  if (tensor.dtype === "string") return `string[${shape}]`
  const { bytes } = tensor
  if (dtype === "float32" || dtype === "int32" || dtype === "bool") {
    return { dtype, shape, data: view(dtype, bytes.buffer, bytes.byteOffset, dtype === "bool" ? bytes.length : bytes.length / 4) }
  }
  const into = float32Readers[dtype] === undefined ? "int32" : "float32"
  const read = float32Readers[dtype] ?? int32Readers[dtype]
  if (read === undefined) return `${dtype}[${shape}]`
  const data = allocate(
    into,
    shape.reduce((n, extent) => n * extent, 1)
  )
  const view_ = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let i = 0; i < data.length; i++) {
    const x = read(view_, i)
    if (into === "int32" && !isInt32(x)) return `${dtype}[${shape}] with values beyond int32`
    data[i] = x
  }
  return { dtype: into, shape, data }
}

/**
 * How types and literals are written in StableHLO. Floats are bit patterns, so that a text holds the very numbers.
 *
 * @since 0.1.0
 */
import type { DType, Shape } from "../../../../domain/Tensor.ts"

/** Element types of instructions: those of the graph, and what its ops are computed in on the way. @category models @since 0.1.0 */
export type ElementType = DType | "uint8" | "uint32" | "uint64" | "float64" | "bfloat16"

const names: { readonly [K in ElementType]: string } = {
  float32: "f32",
  int32: "i32",
  bool: "i1",
  uint8: "ui8",
  uint32: "ui32",
  uint64: "ui64",
  float64: "f64",
  bfloat16: "bf16"
}

/** `tensor<8x128xf32>`. @category conversions @since 0.1.0 */
export const typeText = (type: ElementType, shape: Shape): string => `tensor<${shape.map((d) => `${d}x`).join("")}${names[type]}>`

const bits = new DataView(new ArrayBuffer(8))

const hex = (bytes: number): string => {
  let text = "0x"
  for (let i = 0; i < bytes; i++) text += bits.getUint8(i).toString(16).toUpperCase().padStart(2, "0")
  return text
}

/** One number inside `dense<…>`. Integers that do not fit wrap. @category conversions @since 0.1.0 */
export const literalText = (type: ElementType, value: number): string => {
  switch (type) {
    case "bool":
      return value === 0 ? "false" : "true"
    case "float32":
      bits.setFloat32(0, value)
      return hex(4)
    case "float64":
      bits.setFloat64(0, value)
      return hex(8)
    case "bfloat16":
      throw new Error("bfloat16 has no literals here: convert one of float32")
    case "int32":
      return String(value | 0)
    case "uint64":
      return String(value)
    default:
      return String(value >>> 0)
  }
}

/** All elements inside `dense<…>`, little-endian. @category conversions @since 0.1.0 */
export const bytesText = (data: ArrayBufferView): string =>
  `"0x${Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("hex").toUpperCase()}"`

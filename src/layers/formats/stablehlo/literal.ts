/**
 * The bytes of a literal, `dense<…>`.
 *
 * @since 0.1.0
 */
import { sizeOf } from "../../../domain/Tensor.ts"
import { tensorOf } from "./Vhlo.ts"

const widths: { readonly [element: string]: number } = { i1: 1, ui8: 1, bf16: 2, f32: 4, i32: 4, ui32: 4, f64: 8, ui64: 8, i64: 8 }

const fromHex = (digits: string): Uint8Array => new Uint8Array(Buffer.from(digits, "hex"))

/** One element, lowest byte first; floats are bit patterns. */
const elementBytes = (text: string, width: number): Uint8Array =>
  fromHex(
    BigInt.asUintN(8 * width, BigInt(text))
      .toString(16)
      .padStart(2 * width, "0")
  ).reverse()

/**
 * Little-endian, one element where all are the same. Of bools all are: 255 or 0, and of a single one 1 or 0.
 *
 * @category conversions
 * @since 0.1.0
 */
export const literalBytes = (head: string, type: string): Uint8Array => {
  const { element, shape } = tensorOf(type)
  const content = /dense<(.*)>$/.exec(head)![1]!
  const width = widths[element]
  if (width === undefined) throw new Error(`StableHLO: literals of ${element} are not known`)
  if (content === "") return new Uint8Array(0)
  if (content === "true") return Uint8Array.of(sizeOf(shape) === 1 ? 1 : 255)
  if (content === "false") return Uint8Array.of(0)
  return content.startsWith('"') ? fromHex(content.slice(3, -1)) : elementBytes(content, width)
}

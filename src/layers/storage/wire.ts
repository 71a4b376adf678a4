/**
 * Varints, little-endian words and protobuf fields: what the table and the bundle messages are made of.
 *
 * @since 0.1.0
 */
import { Fault } from "./Fault.ts"

/** Growing output. @category models @since 0.1.0 */
export interface Writer {
  readonly bytes: Array<number>
}

/** @category constructors @since 0.1.0 */
export const writer = (): Writer => ({ bytes: [] })

/** A non-negative safe integer, seven bits a byte, low bits first. @category rules @since 0.1.0 */
export const putVarint = (out: Writer, value: number): void => {
  let v = value
  while (v > 127) {
    out.bytes.push((v % 128) | 128)
    v = Math.floor(v / 128)
  }
  out.bytes.push(v)
}

/** @category rules @since 0.1.0 */
export const putUint32 = (out: Writer, value: number): void => {
  out.bytes.push(value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24)
}

/** @category rules @since 0.1.0 */
export const putBytes = (out: Writer, bytes: ArrayLike<number>): void => {
  for (let i = 0; i < bytes.length; i++) out.bytes.push(bytes[i]!)
}

/** A varint field; left out when it is 0, as proto3 does. @category rules @since 0.1.0 */
export const putVarintField = (out: Writer, field: number, value: number): void => {
  if (value === 0) return
  putVarint(out, field * 8)
  putVarint(out, value)
}

/** @category rules @since 0.1.0 */
export const putFixed32Field = (out: Writer, field: number, value: number): void => {
  if (value === 0) return
  putVarint(out, field * 8 + 5)
  putUint32(out, value)
}

/** A message, string or bytes field. @category rules @since 0.1.0 */
export const putBytesField = (out: Writer, field: number, bytes: ArrayLike<number>): void => {
  putVarint(out, field * 8 + 2)
  putVarint(out, bytes.length)
  putBytes(out, bytes)
}

/** A place in `bytes`; reading moves `at`. @category models @since 0.1.0 */
export interface Reader {
  readonly bytes: Uint8Array
  at: number
}

/** @category constructors @since 0.1.0 */
export const reader = (bytes: Uint8Array, at = 0): Reader => ({ bytes, at })

/** Throws a `Fault` past the end and above 2^53. @category rules @since 0.1.0 */
export const takeVarint = (input: Reader): number => {
  let value = 0
  let scale = 1
  for (let i = 0; i < 10; i++) {
    const byte = input.bytes[input.at]
    if (byte === undefined) break
    input.at++
    value += (byte & 127) * scale
    if (byte < 128) {
      if (value > Number.MAX_SAFE_INTEGER) break
      return value
    }
    scale *= 128
  }
  throw new Fault("Corrupt", `a number at byte ${input.at} is cut off or out of range`)
}

/** @category rules @since 0.1.0 */
export const takeBytes = (input: Reader, length: number): Uint8Array => {
  const end = input.at + length
  if (end > input.bytes.length) throw new Fault("Corrupt", `expected ${length} bytes at byte ${input.at}, found ${input.bytes.length - input.at}`)
  const bytes = input.bytes.subarray(input.at, end)
  input.at = end
  return bytes
}

/** @category rules @since 0.1.0 */
export const takeUint32 = (input: Reader): number => {
  const b = takeBytes(input, 4)
  return (b[0]! | (b[1]! << 8) | (b[2]! << 16) | (b[3]! << 24)) >>> 0
}

/** One protobuf field: `value` for varint and fixed32, `bytes` for the others. @category models @since 0.1.0 */
export interface Field {
  readonly number: number
  readonly value: number
  readonly bytes: Uint8Array
}

const none = new Uint8Array(0)

/** The fields of a message in order. @category rules @since 0.1.0 */
export const fieldsOf = (message: Uint8Array): ReadonlyArray<Field> => {
  const input = reader(message)
  const fields: Array<Field> = []
  while (input.at < message.length) {
    const tag = takeVarint(input)
    const number = Math.floor(tag / 8)
    const type = tag % 8
    if (type === 0) fields.push({ number, value: takeVarint(input), bytes: none })
    else if (type === 5) fields.push({ number, value: takeUint32(input), bytes: none })
    else if (type === 1) fields.push({ number, value: 0, bytes: takeBytes(input, 8) })
    else if (type === 2) fields.push({ number, value: 0, bytes: takeBytes(input, takeVarint(input)) })
    else throw new Fault("Corrupt", `protobuf wire type ${type} is unknown`)
  }
  return fields
}

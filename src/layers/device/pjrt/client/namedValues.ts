/**
 * `PJRT_NamedValue`: options that a plugin takes and attributes that it tells.
 *
 * @since 0.1.0
 */
import { namedValueBytes } from "./abi.ts"
import { type Bytes, bytesOf, textAt } from "./Args.ts"
import type { Koffi } from "./Native.ts"

/** @category models @since 0.1.0 */
export type Value = string | number | boolean | ReadonlyArray<number>

/** @category models @since 0.1.0 */
export type NamedValues = { readonly [name: string]: Value }

const types = { string: 0, int64: 1, int64List: 2, float: 3, bool: 4 } as const

/** Options in memory, to be kept until the call that takes them is over. @category models @since 0.1.0 */
export interface Encoded {
  readonly address: bigint
  readonly count: number
  readonly held: ReadonlyArray<unknown>
}

/** Options that are fractions, also where they are whole: of XLA's client for GPUs. */
const fractions: ReadonlySet<string> = new Set(["memory_fraction"])

/** Whole numbers become int64, but for fractions of memory; lists are of int64. @category conversions @since 0.1.0 */
export const encode = (koffi: Koffi, values: NamedValues): Encoded => {
  const entries = Object.entries(values)
  const data = new DataView(new ArrayBuffer(Math.max(1, entries.length) * namedValueBytes))
  const held: Array<unknown> = []
  const keep = (text: string): Bytes => {
    const bytes = bytesOf(koffi, text)
    held.push(bytes)
    return bytes
  }
  entries.forEach(([key, value], i) => {
    const at = i * namedValueBytes
    const name = keep(key)
    data.setBigUint64(at, BigInt(namedValueBytes), true)
    data.setBigUint64(at + 16, name.address, true)
    data.setBigUint64(at + 24, BigInt(name.length), true)
    data.setBigUint64(at + 48, 1n, true)
    if (typeof value === "string") {
      const text = keep(value)
      data.setInt32(at + 32, types.string, true)
      data.setBigUint64(at + 40, text.address, true)
      data.setBigUint64(at + 48, BigInt(text.length), true)
    } else if (typeof value === "boolean") {
      data.setInt32(at + 32, types.bool, true)
      data.setUint8(at + 40, value ? 1 : 0)
    } else if (typeof value === "number" && Number.isInteger(value) && !fractions.has(key)) {
      data.setInt32(at + 32, types.int64, true)
      data.setBigInt64(at + 40, BigInt(value), true)
    } else if (typeof value === "number") {
      data.setInt32(at + 32, types.float, true)
      data.setFloat32(at + 40, value, true)
    } else {
      const list = BigInt64Array.from(value, BigInt)
      held.push(list)
      data.setInt32(at + 32, types.int64List, true)
      data.setBigUint64(at + 40, list.length === 0 ? 0n : koffi.address(list), true)
      data.setBigUint64(at + 48, BigInt(list.length), true)
    }
  })
  const bytes = new Uint8Array(data.buffer)
  return { address: koffi.address(bytes), count: entries.length, held: [bytes, ...held] }
}

const valueAt = (koffi: Koffi, data: DataView, at: number): Value => {
  const type = data.getInt32(at + 32, true)
  const size = Number(data.getBigUint64(at + 48, true))
  if (type === types.string) return textAt(koffi, data.getBigUint64(at + 40, true), size)
  if (type === types.int64) return Number(data.getBigInt64(at + 40, true))
  if (type === types.int64List) return Array.from(new BigInt64Array(koffi.view(data.getBigUint64(at + 40, true), size * 8)), Number)
  if (type === types.float) return data.getFloat32(at + 40, true)
  return data.getUint8(at + 40) !== 0
}

/** @category readers @since 0.1.0 */
export const decode = (koffi: Koffi, address: bigint, count: number): NamedValues => {
  if (count === 0) return {}
  const data = new DataView(koffi.view(address, namedValueBytes * count))
  const entries = Array.from({ length: count }, (_, i): readonly [string, Value] => {
    const at = i * namedValueBytes
    return [textAt(koffi, data.getBigUint64(at + 16, true), Number(data.getBigUint64(at + 24, true))), valueAt(koffi, data, at)]
  })
  return Object.fromEntries(entries)
}

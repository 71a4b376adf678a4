/** Writes what TensorFlow's C++ writes into an index, by its documentation: ordered codes and messages. */
import { putBytesField, putFixed32Field, putVarintField, writer } from "../../../src/layers/storage/wire.ts"

/** Shortest big-endian bytes after their number. */
const number = (n: number): Array<number> => {
  const bytes: Array<number> = []
  for (let rest = n; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256)
  return [bytes.length, ...bytes]
}

const string = (text: string): Array<number> => [
  ...[...new TextEncoder().encode(text)].flatMap((byte) => (byte === 0 ? [0, 255] : byte === 255 ? [255, 0] : [byte])),
  0,
  1
]

/** -1 and more: 7 n - 1 bits of the number in n bytes, headed by n ones and a zero. */
const signed = (value: number): Array<number> => {
  if (value === -1) return [0x7f]
  let length = 1
  while (value >= 2 ** (7 * length - 1)) length++
  const bytes = Array.from({ length }, (_, i) => Math.floor(value / 256 ** (length - 1 - i)) % 256)
  bytes[0]! |= (0xff00 >> length) & 0xff
  return bytes
}

export const sliceKey = (name: string, extents: ReadonlyArray<readonly [begin: number, length: number]>): Uint8Array =>
  Uint8Array.from([
    ...number(0),
    ...string(name),
    ...number(extents.length),
    ...extents.flatMap(([begin, length]) => [...signed(begin), ...signed(length)])
  ])

export interface Entry {
  readonly dtype: number
  readonly shape: ReadonlyArray<number>
  readonly shard?: number
  readonly offset?: number
  readonly size?: number
  readonly crc?: number
  /** Parts; what they are is not looked at. */
  readonly slices?: number
}

export const message = ({ crc = 0, dtype, offset = 0, shape, shard = 0, size = 0, slices = 0 }: Entry): Uint8Array => {
  const out = writer()
  const dims = writer()
  for (const extent of shape) {
    const dim = writer()
    putVarintField(dim, 1, extent)
    putBytesField(dims, 2, dim.bytes)
  }
  putVarintField(out, 1, dtype)
  putBytesField(out, 2, dims.bytes)
  putVarintField(out, 3, shard)
  putVarintField(out, 4, offset)
  putVarintField(out, 5, size)
  putFixed32Field(out, 6, crc)
  for (let i = 0; i < slices; i++) putBytesField(out, 7, [])
  return Uint8Array.from(out.bytes)
}

export const headerOf = (shards: number): Uint8Array => {
  const out = writer()
  putVarintField(out, 1, shards)
  return Uint8Array.from(out.bytes)
}

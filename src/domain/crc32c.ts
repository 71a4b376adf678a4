/**
 * CRC-32C (Castagnoli, reflected polynomial 0x82f63b78; RFC 3720 appendix B.4) with slicing by 8, and the mask that
 * LevelDB and TensorFlow put on stored checksums.
 *
 * @since 0.1.0
 */

/** `table[slice * 256 + byte]`: effect of a byte followed by `slice` zero bytes. */
const table: Int32Array = (() => {
  const t = new Int32Array(8 * 256)
  for (let n = 0; n < 256; n++) {
    let c = n
    for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0x82f63b78 : c >>> 1
    t[n] = c
  }
  for (let i = 256; i < t.length; i++) {
    const previous = t[i - 256]!
    t[i] = (previous >>> 8) ^ t[previous & 255]!
  }
  return t
})()

const bytewise = (bytes: Uint8Array, start: number, end: number, crc: number): number => {
  let c = crc
  for (let i = start; i < end; i++) c = table[(c ^ bytes[i]!) & 255]! ^ (c >>> 8)
  return c
}

const words = (view: Int32Array, crc: number): number => {
  const t = table
  let c = crc
  for (let i = 0; i < view.length; i += 2) {
    const a = view[i]! ^ c
    const b = view[i + 1]!
    c =
      t[1792 + (a & 255)]! ^
      t[1536 + ((a >>> 8) & 255)]! ^
      t[1280 + ((a >>> 16) & 255)]! ^
      t[1024 + (a >>> 24)]! ^
      t[768 + (b & 255)]! ^
      t[512 + ((b >>> 8) & 255)]! ^
      t[256 + ((b >>> 16) & 255)]! ^
      t[b >>> 24]!
  }
  return c
}

const littleEndian = new Uint8Array(Int32Array.of(1).buffer)[0] === 1

/**
 * The checksum of `bytes` as an unsigned 32-bit number. `previous` is the checksum of what came before them:
 * `crc32c(b, crc32c(a))` is that of `a` followed by `b`.
 *
 * @category rules
 * @since 0.1.0
 */
export const crc32c = (bytes: Uint8Array, previous = 0): number => {
  let c = ~previous
  let start = 0
  if (littleEndian && bytes.length >= 32) {
    // the word loop needs an aligned view, so the first few bytes go one by one
    start = (4 - (bytes.byteOffset & 3)) & 3
    c = bytewise(bytes, 0, start, c)
    const pairs = (bytes.length - start) >>> 3
    c = words(new Int32Array(bytes.buffer, bytes.byteOffset + start, pairs * 2), c)
    start += pairs * 8
  }
  return ~bytewise(bytes, start, bytes.length, c) >>> 0
}

/** What is stored in place of a checksum, so that checksums of data that holds checksums stay good. @category rules @since 0.1.0 */
export const mask = (crc: number): number => (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0

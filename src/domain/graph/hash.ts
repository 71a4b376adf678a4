/**
 * A small, fast, seedless content hash of bytes: two lanes of MurmurHash3's 32-bit mixing (Austin Appleby, public
 * domain), 64 bits in all. Good for finding equal things; no defence against someone who wants a collision.
 *
 * @since 0.1.0
 */

const mix = (h: number, word: number): number => {
  let k = Math.imul(word, 0xcc9e2d51)
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593)
  h ^= k
  h = (h << 13) | (h >>> 19)
  return (Math.imul(h, 5) + 0xe6546b64) | 0
}

const finish = (h: number, length: number): number => {
  h ^= length
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

const hex = (word: number) => word.toString(16).padStart(8, "0")

/** 16 hexadecimal digits that depend on every byte and the length; equal on every platform and run. @category rules @since 0.1.0 */
export const hashBytes = (bytes: Uint8Array): string => {
  let a = 0x9747b28c | 0
  let b = 0x3c6ef372 | 0
  const whole = bytes.length & ~3
  for (let i = 0; i < whole; i += 4) {
    const word = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24)
    a = mix(a, word)
    b = mix(b, word ^ a)
  }
  let tail = 0
  for (let i = whole; i < bytes.length; i++) tail |= bytes[i]! << (8 * (i - whole))
  a = mix(a, tail)
  b = mix(b, tail ^ a)
  return hex(finish(a, bytes.length)) + hex(finish(b, bytes.length))
}

/** The hash of a text's UTF-16 code units. @category rules @since 0.1.0 */
export const hashText = (text: string): string => {
  const units = new Uint16Array(text.length)
  for (let i = 0; i < text.length; i++) units[i] = text.charCodeAt(i)
  return hashBytes(new Uint8Array(units.buffer))
}

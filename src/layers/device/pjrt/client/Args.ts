/**
 * Argument structures of the PJRT C API as rows of 64-bit words: every field begins a word, ints and bools are its low bytes.
 *
 * @since 0.1.0
 */
import type { Koffi } from "./Native.ts"

/** A structure; word 0 is its size in bytes, word 1 the extensions (none). @category models @since 0.1.0 */
export class Args {
  readonly words: BigUint64Array
  /** Stays valid while this object is referenced. */
  readonly address: bigint

  constructor(koffi: Koffi, words: number, bytes = words * 8) {
    this.words = new BigUint64Array(words)
    this.words[0] = BigInt(bytes)
    this.address = koffi.address(this.words)
  }

  get(word: number): bigint {
    return this.words[word]!
  }

  set(word: number, value: bigint | number): this {
    this.words[word] = typeof value === "bigint" ? value : BigInt(value)
    return this
  }

  /** The low byte of a word, as C's `bool`. */
  flag(word: number): boolean {
    return (this.words[word]! & 0xffn) !== 0n
  }

  /** The low half of a word, as a signed `int`. */
  int(word: number): number {
    return Number(BigInt.asIntN(32, this.words[word]!))
  }

  /** The whole word as a signed number. */
  number(word: number): number {
    return Number(BigInt.asIntN(64, this.words[word]!))
  }
}

/** Bytes in memory of their own, with a zero behind them. @category models @since 0.1.0 */
export interface Bytes {
  readonly address: bigint
  readonly length: number
  /** What must stay referenced. */
  readonly held: Uint8Array
}

/** @category constructors @since 0.1.0 */
export const bytesOf = (koffi: Koffi, value: string | Uint8Array): Bytes => {
  const data = typeof value === "string" ? Buffer.from(value) : value
  const held = new Uint8Array(data.length + 1)
  held.set(data)
  return { address: koffi.address(held), length: data.length, held }
}

/** Text at an address; empty for none. @category readers @since 0.1.0 */
export const textAt = (koffi: Koffi, address: bigint, length: number): string =>
  address === 0n || length === 0 ? "" : Buffer.from(koffi.view(address, length)).toString()

/** Words at an address, copied. @category readers @since 0.1.0 */
export const wordsAt = (koffi: Koffi, address: bigint, count: number): BigUint64Array =>
  count === 0 ? new BigUint64Array(0) : new BigUint64Array(koffi.view(address, count * 8)).slice()

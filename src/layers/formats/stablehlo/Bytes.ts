/**
 * Bytes as MLIR's bytecode has them: numbers take 1 to 9 bytes, and the first byte's lowest bits tell how many.
 * Source: MLIR's "Bytecode Format" (mlir.llvm.org/docs/BytecodeFormat).
 *
 * @since 0.1.0
 */

/** A growing sequence of bytes. @category models @since 0.1.0 */
export class Bytes {
  #bytes = new Uint8Array(256)
  #length = 0

  get length(): number {
    return this.#length
  }

  /** Valid until the next write. */
  get view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  #room(more: number): void {
    if (this.#length + more <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more))
    grown.set(this.view)
    this.#bytes = grown
  }

  byte(value: number): this {
    this.#room(1)
    this.#bytes[this.#length++] = value
    return this
  }

  raw(bytes: Uint8Array): this {
    this.#room(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
    return this
  }

  /** 0 to 2^64 - 1: as many zero bits as bytes follow, a one, then the value; or a byte 0 and all 64 bits. */
  varint(value: number | bigint): this {
    if (value >= 0 && value < 0x80) return this.byte((Number(value) << 1) | 1)
    const whole = BigInt(value)
    if (whole < 0n || whole >> 64n !== 0n) throw new RangeError(`a varint is 0 to 2^64 - 1, and not ${value}`)
    let more = 1
    while (more < 8 && whole >> BigInt(7 * (more + 1)) !== 0n) more++
    if (more === 8) return this.byte(0).#word(whole, 8)
    return this.#word(((whole << 1n) | 1n) << BigInt(more), more + 1)
  }

  /** Lowest byte first. */
  #word(value: bigint, bytes: number): this {
    for (let i = 0; i < bytes; i++) this.byte(Number((value >> BigInt(8 * i)) & 0xffn))
    return this
  }

  /** -2^63 to 2^63 - 1; small magnitudes are short. */
  signed(value: number | bigint): this {
    const whole = BigInt(value)
    return this.varint(BigInt.asUintN(64, (whole << 1n) ^ (whole >> 63n)))
  }

  varints(values: ReadonlyArray<number>): this {
    this.varint(values.length)
    for (const value of values) this.varint(value)
    return this
  }

  signeds(values: ReadonlyArray<number>): this {
    this.varint(values.length)
    for (const value of values) this.signed(value)
    return this
  }

  /** With its length before it. */
  blob(bytes: Uint8Array): this {
    return this.varint(bytes.length).raw(bytes)
  }

  /** Without alignment. */
  section(id: number, content: Bytes): this {
    return this.byte(id).blob(content.view)
  }
}

/**
 * Writes the protocol buffer wire format into one growing buffer.
 *
 * @since 0.1.0
 */

const encoder = new TextEncoder()

/** A message being written; field numbers and wire types are the caller's. @category models @since 0.1.0 */
export class Writer {
  #bytes: Uint8Array<ArrayBuffer>
  #length = 0

  constructor(capacity = 64) {
    this.#bytes = new Uint8Array(capacity)
  }

  #reserve(n: number): void {
    if (this.#length + n <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + n))
    grown.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = grown
  }

  #varint(low: number, high: number): void {
    this.#reserve(10)
    let lo = low >>> 0
    let hi = high >>> 0
    while (hi !== 0 || lo > 127) {
      this.#bytes[this.#length++] = (lo & 127) | 128
      lo = ((lo >>> 7) | (hi << 25)) >>> 0
      hi = hi >>> 7
    }
    this.#bytes[this.#length++] = lo
  }

  #key(field: number, wireType: number): void {
    this.#varint((field << 3) | wireType, 0)
  }

  /** A varint field; negative numbers take the ten bytes of their 64-bit two's complement. */
  int(field: number, value: number): this {
    this.#key(field, 0)
    this.#varint(value | 0, Math.floor(value / 4294967296))
    return this
  }

  float(field: number, value: number): this {
    this.#key(field, 5)
    this.#reserve(4)
    new DataView(this.#bytes.buffer).setFloat32(this.#length, value, true)
    this.#length += 4
    return this
  }

  bytes(field: number, value: Uint8Array): this {
    this.#key(field, 2)
    this.#varint(value.length, 0)
    this.#reserve(value.length)
    this.#bytes.set(value, this.#length)
    this.#length += value.length
    return this
  }

  string(field: number, value: string): this {
    return this.bytes(field, encoder.encode(value))
  }

  message(field: number, value: Writer): this {
    return this.bytes(field, value.finish())
  }

  /** The bytes written so far; a view that further writes may leave behind. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length)
  }
}

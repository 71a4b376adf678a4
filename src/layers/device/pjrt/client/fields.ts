/**
 * Reads messages of protocol buffers field by field. What is read comes from a plugin of this process: nothing is checked.
 *
 * @since 0.1.0
 */

/** A field: its number, and its bytes (strings, bytes, messages, packed numbers) or its number. @category models @since 0.1.0 */
export interface Field {
  readonly number: number
  readonly bytes: Uint8Array | undefined
  /** Of a varint; exact up to 2^53. */
  readonly value: number
}

/** @category readers @since 0.1.0 */
export function* fieldsOf(message: Uint8Array): Generator<Field> {
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = message[at++]!
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
  }
  while (at < message.length) {
    const key = varint()
    const [number, type] = [Math.floor(key / 8), key % 8]
    if (type === 0) {
      yield { number, bytes: undefined, value: varint() }
      continue
    }
    const length = type === 2 ? varint() : type === 1 ? 8 : type === 5 ? 4 : -1
    if (length < 0) return
    yield { number, bytes: type === 2 ? message.subarray(at, at + length) : undefined, value: 0 }
    at += length
  }
}

/** The messages, or other bytes, of one field. @category readers @since 0.1.0 */
export function* within(message: Uint8Array, number: number): Generator<Uint8Array> {
  for (const field of fieldsOf(message)) if (field.number === number && field.bytes !== undefined) yield field.bytes
}

/** Numbers of a repeated field, packed or not: those of one of its occurrences. @category readers @since 0.1.0 */
export const numbersOf = ({ bytes, value }: Field): ReadonlyArray<number> => {
  if (bytes === undefined) return [value]
  const all: Array<number> = []
  let [number, scale] = [0, 1]
  for (const byte of bytes) {
    number += (byte & 127) * scale
    scale *= 128
    if (byte < 128) {
      all.push(number)
      number = 0
      scale = 1
    }
  }
  return all
}

const decoder = new TextDecoder()

/** @category readers @since 0.1.0 */
export const textOf = ({ bytes }: Field): string => (bytes === undefined ? "" : decoder.decode(bytes))

/** Reads event files by the letter of record_writer and event.proto, independently of what writes them. */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { crc32c, mask } from "../../../src/domain/crc32c.ts"
import { type Field, fieldsOf } from "../../../src/layers/storage/wire.ts"

const text = new TextDecoder()

/** The records of a file; throws for a wrong checksum and for a rest. */
export const records = (bytes: Uint8Array): ReadonlyArray<Uint8Array> => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const all: Array<Uint8Array> = []
  for (let at = 0; at < bytes.length;) {
    const length = Number(view.getBigUint64(at, true))
    const data = bytes.subarray(at + 12, at + 12 + length)
    if (view.getUint32(at + 8, true) !== mask(crc32c(bytes.subarray(at, at + 8)))) throw new Error(`bad checksum of the length at ${at}`)
    if (view.getUint32(at + 12 + length, true) !== mask(crc32c(data))) throw new Error(`bad checksum of the record at ${at}`)
    all.push(data)
    at += length + 16
  }
  return all
}

export const field = (message: Uint8Array, number: number): Field | undefined => fieldsOf(message).find((f) => f.number === number)
export const fields = (message: Uint8Array, number: number): ReadonlyArray<Field> => fieldsOf(message).filter((f) => f.number === number)
export const doubles = (bytes: Uint8Array): Array<number> => [...new Float64Array(bytes.slice().buffer)]
export const string = (message: Uint8Array, number: number): string | undefined => {
  const found = field(message, number)
  return found === undefined ? undefined : text.decode(found.bytes)
}

export interface Value {
  readonly step: number
  readonly tag: string
  readonly message: Uint8Array
}

export interface EventFile {
  readonly name: string
  readonly events: ReadonlyArray<Uint8Array>
  /** Of all summaries, in order. */
  readonly values: ReadonlyArray<Value>
}

export const readEvents = (directory: string): ReadonlyArray<EventFile> =>
  readdirSync(directory)
    .filter((name) => name.startsWith("events.out.tfevents."))
    .sort()
    .map((name) => {
      const events = records(Uint8Array.from(readFileSync(join(directory, name))))
      const values = events.flatMap((event) =>
        fields(event, 5).flatMap(({ bytes }) =>
          fields(bytes, 1).map((value): Value => ({ step: field(event, 2)?.value ?? 0, tag: string(value.bytes, 1)!, message: value.bytes }))
        )
      )
      return { name, events, values }
    })

/** The simple value of a summary. */
export const scalarOf = ({ message }: Value): number | undefined => {
  const found = field(message, 2)
  return found === undefined ? undefined : new Float32Array(Uint32Array.of(found.value).buffer)[0]
}

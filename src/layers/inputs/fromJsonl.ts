/**
 * A file of JSON values, one a line (NDJSON), as a seekable input.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { InputError } from "../../domain/Errors.ts"
import type { Example, InputSource } from "../../domain/Input.ts"
import { decodeRow, fileError, fromRows, type Place, type PlacedExample, type RecordOptions, type RowServices, unreadable } from "./records.ts"

interface Line {
  readonly bytes: Uint8Array
  readonly number: number
  readonly after: Place
}

interface Pending {
  readonly parts: ReadonlyArray<Uint8Array>
  readonly place: Place
}

const newline = 10

/** Cuts a chunk at its newlines; the rest waits for the next one. Bytes are counted, so that a position is a place in the file. */
const cut = (pending: Pending, chunk: Uint8Array): readonly [Pending, ReadonlyArray<Line>] => {
  const lines: Array<Line> = []
  let { parts, place } = pending
  let start = 0
  for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
    const bytes = Buffer.concat([...parts, chunk.subarray(start, end)])
    place = { row: place.row + 1, byte: place.byte + bytes.length + 1 }
    lines.push({ bytes, number: place.row, after: place })
    parts = []
    start = end + 1
  }
  return [{ parts: start < chunk.length ? [...parts, chunk.subarray(start)] : parts, place }, lines]
}

const lastLine = ({ parts, place }: Pending): ReadonlyArray<Line> => {
  const bytes = Buffer.concat(parts)
  if (bytes.length === 0) return []
  const row = place.row + 1
  return [{ bytes, number: row, after: { row, byte: place.byte + bytes.length } }]
}

const linesFrom = (fs: FileSystem.FileSystem, path: string, from: Place): Stream.Stream<Line, InputError> =>
  fs.stream(path, { offset: BigInt(from.byte) }).pipe(
    Stream.mapError(fileError(path)),
    Stream.mapAccum((): Pending => ({ parts: [], place: from }), cut, { onHalt: lastLine })
  )

/**
 * Batches of examples from the lines of `path`. Each line is checked by `schema`, and `toExample` makes of it one example
 * without a batch axis; empty lines are passed over. Its position is a byte of the file, so seeking reads nothing.
 *
 * Fails with `InputError` (`UnreadableSource`, naming file and line) for a missing file, bad JSON and values that the
 * schema refuses.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromJsonl = <S extends Schema.Constraint>(
  path: string,
  schema: S,
  toExample: (value: S["Type"]) => Example,
  options: RecordOptions
): InputSource<InputError, RowServices<S>> => {
  const decode = decodeRow(schema, path)
  const toRow = Effect.fnUntraced(function* ({ after, bytes, number }: Line): Effect.fn.Return<PlacedExample, InputError, S["DecodingServices"]> {
    const json = yield* Effect.try({
      try: (): unknown => JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)),
      catch: (cause) => unreadable(path, number, `not JSON (${cause instanceof Error ? cause.message : String(cause)})`, cause)
    })
    return { example: toExample(yield* decode(json, number)), after }
  })
  const rows = (from: Place) =>
    Stream.unwrap(Effect.map(FileSystem.FileSystem, (fs) => linesFrom(fs, path, from))).pipe(
      Stream.filter(({ bytes }) => bytes.some((byte) => byte > 32)),
      Stream.mapEffect(toRow)
    )
  return fromRows(rows, options, path)
}

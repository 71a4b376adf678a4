/**
 * A CSV file with a line of column names, as a seekable input.
 *
 * @since 0.1.0
 */
import * as NodeStream from "@effect/platform-node/NodeStream"
import { CsvError, parse } from "csv-parse"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { InputError } from "../../domain/Errors.ts"
import type { Example, InputSource } from "../../domain/Input.ts"
import { decodeRow, fileError, fromRows, type Place, type PlacedExample, type RecordOptions, type RowServices, unreadable } from "./records.ts"

/** @category models @since 0.1.0 */
export interface FromCsvOptions extends RecordOptions {
  /** Default `,`. */
  readonly delimiter?: string
}

/** What the parser gives with `info: true`. */
interface Parsed {
  readonly record: { readonly [column: string]: string }
  readonly info: { readonly lines: number }
}

const parserError =
  (path: string) =>
  (error: unknown): InputError => {
    if (error instanceof InputError) return error
    // the parser says the line itself
    if (error instanceof CsvError) return unreadable(path, undefined, error.message, error)
    return unreadable(path, undefined, error instanceof Error ? error.message : String(error), error)
  }

const parsedRows = (path: string, delimiter: string): Stream.Stream<Parsed, InputError, FileSystem.FileSystem> =>
  Stream.unwrap(Effect.map(FileSystem.FileSystem, (fs) => Stream.mapError(fs.stream(path), fileError(path)))).pipe(
    NodeStream.pipeThroughDuplex<Parsed, InputError>({
      evaluate: () => parse({ bom: true, columns: true, delimiter, info: true, record_delimiter: ["\r\n", "\n", "\r"], skip_empty_lines: true }),
      onError: parserError(path)
    })
  )

/**
 * Batches of examples from the records of `path`, whose first line names the columns. Each record, an object of strings,
 * is checked by `schema` (`Schema.NumberFromString` for numbers), and `toExample` makes of it one example without a batch
 * axis. Its position is a number of records; seeking reads and passes over them.
 *
 * Fails with `InputError` (`UnreadableSource`, naming file and line) for a missing file, bad CSV, records of another
 * width, and values that the schema refuses.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromCsv = <S extends Schema.Constraint>(
  path: string,
  schema: S,
  toExample: (value: S["Type"]) => Example,
  options: FromCsvOptions
): InputSource<InputError, RowServices<S>> => {
  const decode = decodeRow(schema, path)
  const rows = (from: Place) =>
    parsedRows(path, options.delimiter ?? ",").pipe(
      Stream.zipWithIndex,
      Stream.drop(from.row),
      Stream.mapEffect(([{ info, record }, i]) =>
        Effect.map(decode(record, info.lines), (value): PlacedExample => ({ example: toExample(value), after: { row: i + 1, byte: 0 } }))
      )
    )
  return fromRows(rows, options, path)
}

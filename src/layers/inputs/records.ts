/**
 * What JSONL and CSV share: decoded rows of a file as batches, with a position.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type { PlatformError } from "effect/PlatformError"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { InputError } from "../../domain/Errors.ts"
import { type Example, type InputSource, make, type Position, type PositionedExample } from "../../domain/Input.ts"
import { epochsOf, inputError, notPositive, parseCounts, type Repeat } from "./positions.ts"
import { stack } from "./stack.ts"
import { groupsOf } from "./groupsOf.ts"

/** @category models @since 0.1.0 */
export interface RecordOptions {
  /** Examples of a global batch. */
  readonly batchSize: number
  /** Default 1 epoch. Batches run on from one epoch to the next. */
  readonly repeat?: Repeat
  /** Leaves out a last batch that is not full. Default false. */
  readonly dropRemainder?: boolean
}

/** Where a row of a file ends: the place to go on from. @category models @since 0.1.0 */
export interface Place {
  /** Lines (JSONL) or records (CSV) before it. */
  readonly row: number
  /** Bytes before it; 0 where the format cannot start in the middle. */
  readonly byte: number
}

/** One example, without a batch axis, and the place after it. @category models @since 0.1.0 */
export interface PlacedExample {
  readonly example: Example
  readonly after: Place
}

/** @category errors @since 0.1.0 */
export const unreadable = (path: string, line: number | undefined, detail: string, cause?: unknown): InputError =>
  new InputError({
    reason: "UnreadableSource",
    leaf: "",
    detail: `${path}${line === undefined ? "" : `, line ${line}`}: ${detail}`,
    ...(cause === undefined ? {} : { cause })
  })

/** @category errors @since 0.1.0 */
export const fileError =
  (path: string) =>
  (error: PlatformError): InputError =>
    unreadable(path, undefined, error.message, error)

/** Checks a value against the schema; the error names file, line and what was expected. @category combinators @since 0.1.0 */
export const decodeRow = <S extends Schema.Constraint>(schema: S, path: string) => {
  const decode = Schema.decodeUnknownEffect(schema)
  return (value: unknown, line: number): Effect.Effect<S["Type"], InputError, S["DecodingServices"]> =>
    Effect.mapError(decode(value), (error) => unreadable(path, line, error.message.replaceAll("\n", " "), error))
}

const source = <E, R>(
  rows: (from: Place) => Stream.Stream<PlacedExample, E, R>,
  options: RecordOptions,
  path: string,
  from: Position | undefined
): Stream.Stream<PositionedExample, E | InputError, R> => {
  const wrong = notPositive("batchSize", options.batchSize)
  if (wrong !== undefined) return Stream.fail(wrong)
  const start = parseCounts(from, ["epoch", "row", "byte"])
  if (Result.isFailure(start)) return Stream.fail(start.failure)
  const { epoch: first, ...place } = start.success
  const epochs = epochsOf(options.repeat)
  const ofEpoch = (epoch: number) => {
    let seen = epoch === first && place.row > 0
    const examples = rows(epoch === first ? place : { row: 0, byte: 0 }).pipe(
      Stream.map((placed) => {
        seen = true
        return { ...placed, epoch }
      })
    )
    // an empty file would be read again and again
    const empty = Stream.suspend(() => (seen ? Stream.empty : Stream.fail(inputError("Empty", `${path} holds no examples`))))
    return Stream.concat(examples, empty)
  }
  return Stream.unfold(first, (epoch) => Effect.succeed(epoch < epochs ? ([epoch, epoch + 1] as const) : undefined)).pipe(
    Stream.flatMap(ofEpoch),
    groupsOf(options.batchSize),
    Stream.filter((group) => options.dropRemainder !== true || group.length === options.batchSize),
    Stream.mapEffect((group) => {
      const { after, epoch } = group[group.length - 1]!
      const position = JSON.stringify({ epoch, ...after })
      return Effect.fromResult(Result.map(stack(group.map(({ example }) => example)), (example) => ({ example, position })))
    })
  )
}

/** A source of rows that can start at any place. @category constructors @since 0.1.0 */
export const fromRows = <R>(
  rows: (from: Place) => Stream.Stream<PlacedExample, InputError, R>,
  options: RecordOptions,
  path: string
): InputSource<InputError, R> => make((from) => Stream.suspend(() => source(rows, options, path, from)))

/** The services that reading rows needs. @category models @since 0.1.0 */
export type RowServices<S extends Schema.Constraint> = FileSystem.FileSystem | S["DecodingServices"]

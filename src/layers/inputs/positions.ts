/**
 * Positions of the sources of this folder: JSON objects of counts, checked when they come back; and epochs.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { InputError } from "../../domain/Errors.ts"
import type { Position } from "../../domain/Input.ts"

/** How often a source starts again: `true` for ever, a number that many times in all. Default 1. @category models @since 0.1.0 */
export type Repeat = boolean | number

/** @category rules @since 0.1.0 */
export const epochsOf = (repeat: Repeat | undefined): number => (repeat === true ? Infinity : repeat === undefined || repeat === false ? 1 : repeat)

/** @category errors @since 0.1.0 */
export const inputError = (reason: InputError["reason"], detail: string, leaf = "") => new InputError({ reason, leaf, detail })

/** `undefined` when `value` is a count, otherwise the error to fail with. @category rules @since 0.1.0 */
export const notPositive = (name: string, value: number): InputError | undefined =>
  Number.isInteger(value) && value > 0 ? undefined : inputError("OutOfRange", `${name} must be a positive whole number, got ${value}`)

const Count = Schema.Int.pipe(Schema.check(Schema.isGreaterThanOrEqualTo(0)))

/**
 * Reads a position made by `JSON.stringify` of counts under just these names; `undefined` is all zeros. `BadPosition` for
 * anything else: it was saved by another kind of source.
 *
 * @category rules
 * @since 0.1.0
 */
export const parseCounts = <const K extends string>(
  from: Position | undefined,
  names: ReadonlyArray<K>
): Result.Result<{ readonly [key in K]: number }, InputError> => {
  // just these names
  if (from === undefined) return Result.succeed(Object.fromEntries(names.map((name) => [name, 0])) as { readonly [key in K]: number })
  const record = Schema.fromJsonString(Schema.Record(Schema.String, Count))
  const parsed = Schema.decodeUnknownResult(record)(from)
  if (Result.isFailure(parsed) || names.length !== Object.keys(parsed.success).length || names.some((name) => !(name in parsed.success))) {
    const expected = `{${names.map((name) => `"${name}":…`).join(",")}}`
    return Result.fail(inputError("BadPosition", `expected ${expected}, got ${from}; the checkpoint belongs to another kind of input`))
  }
  return Result.succeed(parsed.success as { readonly [key in K]: number }) // checked just above
}

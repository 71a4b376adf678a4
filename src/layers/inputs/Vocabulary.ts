/**
 * Characters as numbers, for language models on text.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { InputError } from "../../domain/Errors.ts"

/** A vocabulary as data, for JSON: what `fromJson` takes. @category schemas @since 0.1.0 */
export const Data = Schema.Struct({
  /** One code point each, in the order of their numbers. */
  characters: Schema.Array(Schema.String)
})
export type Data = typeof Data.Type

/** @category models @since 0.1.0 */
export interface Vocabulary extends Data {
  /** Numbers in use: one for each character, and `unknown`. */
  readonly size: number
  /** Stands for all characters that are not in the vocabulary: the last number, `size - 1`. */
  readonly unknown: number
  /** One number for each code point; `unknown` where the vocabulary has none. */
  readonly encode: (text: string) => Int32Array
  /** As `encode`, but an unknown character is an `InputError` (`OutOfRange`) that names it and its place. */
  readonly encodeStrict: (text: string) => Result.Result<Int32Array, InputError>
  /** The text; U+FFFD for `unknown` and for numbers out of range. */
  readonly decode: (tokens: Iterable<number>) => string
  /** Only the data, as `JSON.stringify` asks for it. */
  readonly toJSON: () => Data
}

/** Of characters in the order given. @category constructors @since 0.1.0 */
export const fromJson = ({ characters }: Data): Vocabulary => {
  const numbers = new Map(characters.map((character, i) => [character, i]))
  const unknown = characters.length
  // a table for the basic plane: a corpus of some megabytes is encoded in milliseconds
  const table = new Int32Array(0x1_0000).fill(unknown)
  for (const [character, number] of numbers) if (character.length === 1) table[character.charCodeAt(0)] = number
  const encode = (text: string) => {
    const tokens = new Int32Array(text.length)
    let length = 0
    for (let i = 0; i < text.length; i++) {
      const point = text.codePointAt(i)!
      if (point < 0x1_0000) tokens[length++] = table[point]!
      else {
        tokens[length++] = numbers.get(String.fromCodePoint(point)) ?? unknown
        i++ // its second half
      }
    }
    return tokens.slice(0, length)
  }
  return {
    characters,
    size: unknown + 1,
    unknown,
    encode,
    encodeStrict: (text) => {
      const tokens = encode(text)
      const at = tokens.indexOf(unknown)
      if (at < 0) return Result.succeed(tokens)
      const character = [...text][at]!
      const code = `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`
      const detail = `character ${JSON.stringify(character)} (${code}) at ${at} is not among the ${unknown} of the vocabulary`
      return Result.fail(new InputError({ reason: "OutOfRange", leaf: "", detail }))
    },
    decode: (tokens) => Array.from(tokens, (token) => characters[token] ?? "\ufffd").join(""),
    toJSON: () => ({ characters })
  }
}

/** The characters of `text`, each once, in order of code point: the same for the same set of characters. @category constructors @since 0.1.0 */
export const fromText = (text: string): Vocabulary =>
  fromJson({ characters: [...new Set(text)].sort((a, b) => a.codePointAt(0)! - b.codePointAt(0)!) })

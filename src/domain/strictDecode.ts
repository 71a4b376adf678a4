/**
 * Decodes a record key by key, so that an error is about one key: an unknown one is refused with the nearest known name,
 * a wrong value with what it was. Used for configuration, at every depth.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { ConfigError } from "./Errors.ts"
import { nearest } from "./suggest.ts"

/** Fields of a configuration record; none needs a service. @category models @since 0.1.0 */
export type Fields = { readonly [key: string]: Schema.Codec<unknown, unknown> }

const kindOf = (value: unknown): string => (value === null ? "null" : Array.isArray(value) ? "an array" : typeof value)

/**
 * What is wrong with `input` as a record of these fields, looked at one by one; `path` (such as `tpu.`) goes before the keys.
 *
 * @category rules
 * @since 0.1.0
 */
export const checkFields = (fields: Fields, input: unknown, path = ""): ConfigError | undefined => {
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    return new ConfigError({ key: path === "" ? "config" : path.slice(0, -1), detail: `expected an object, got ${kindOf(input)}.` })
  }
  for (const [key, value] of Object.entries(input)) {
    const schema = Object.hasOwn(fields, key) ? fields[key] : undefined
    if (schema === undefined) {
      const suggestion = nearest(key, Object.keys(fields))
      return new ConfigError({
        key: path + key,
        detail: "there is no such key.",
        ...(suggestion === undefined ? {} : { suggestion: path + suggestion })
      })
    }
    const decoded = Schema.decodeUnknownResult(Schema.Struct({ [key]: schema }))({ [key]: value })
    if (Result.isFailure(decoded)) {
      // the value by hand: JSON has no NaN and no undefined
      const shown = typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value))
      // a form that is told in words, where its parts alone would say little
      const told = schema.ast.annotations?.["expected"]
      const why = typeof told === "string" ? `Expected ${told}` : String(decoded.failure.message).split("\n")[0]
      return new ConfigError({ key: path + key, detail: `${shown} is refused: ${why}.` })
    }
  }
  return undefined
}

/**
 * Attributes as text: what printed graphs show and what hash-consing compares.
 *
 * @since 0.1.0
 */
import type { OpName } from "./ops.ts"

/** A number that parses back to the same bits: `-0`, `NaN` and the infinities too. @category printing @since 0.1.0 */
export const numberText = (value: number): string => (Object.is(value, -0) ? "-0" : String(value))

const valueText = (value: unknown): string =>
  typeof value === "number" ? numberText(value) : Array.isArray(value) ? `[${value.map(valueText).join(",")}]` : String(value)

/**
 * `axes=[0,1] keepDims=true`, keys in alphabetical order, without those of `omit`. A constant's data is left out: it has a
 * form of its own in printed graphs and its own comparison in the builder.
 *
 * @category printing
 * @since 0.1.0
 */
export const attrsText = (op: OpName, attrs: object, omit: ReadonlyArray<string> = []): string =>
  Object.entries(attrs)
    .filter(([key, value]) => value !== undefined && !omit.includes(key) && !(op === "Constant" && key === "data"))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${valueText(value)}`)
    .join(" ")

/**
 * Flattens nested records and arrays of leaves to named lists and back: records in sorted key order (by UTF-16 code
 * unit), arrays by index, so that the order does not depend on how a record was built.
 *
 * @since 0.1.0
 */
import type { Nest } from "./Model.ts"

/** A leaf with its path, such as `features/tokens`, `labels` or `features/0`. @category models @since 0.1.0 */
export interface NamedLeaf<A> {
  readonly name: string
  readonly value: A
}

/**
 * True for anything with a dtype name and a shape: host tensors, tensor types and tfjs tensors. A record with leaves
 * called `dtype` and `shape` is still a record, as those are not a string and a list of numbers.
 *
 * @category rules
 * @since 0.1.0
 */
export const isTyped = (u: unknown): boolean =>
  typeof u === "object" &&
  u !== null &&
  "dtype" in u &&
  typeof u.dtype === "string" &&
  "shape" in u &&
  Array.isArray(u.shape) &&
  u.shape.every((d) => typeof d === "number")

const join = (prefix: string, key: string | number) => (prefix === "" ? String(key) : `${prefix}/${key}`)

/**
 * The same structure with `f(leaf, name)` in place of each leaf; `f` is called in flattening order. `prefix` is the name
 * of a nest that is a single leaf, and comes before all other names.
 *
 * @category combinators
 * @since 0.1.0
 */
export const map = <A, B>(nest: Nest<A>, prefix: string, f: (leaf: A, name: string) => B, isLeaf: (u: unknown) => boolean = isTyped): Nest<B> => {
  const visit = (value: Nest<A>, name: string): Nest<B> => {
    if (isLeaf(value) || typeof value !== "object" || value === null) return f(value as A, name) // what is no container is a leaf
    if (Array.isArray(value)) return (value as ReadonlyArray<Nest<A>>).map((item, i) => visit(item, join(name, i)))
    const record = value as { readonly [key: string]: Nest<A> } // neither leaf nor array
    const out: Record<string, Nest<B>> = {}
    for (const key of Object.keys(record).sort()) out[key] = visit(record[key]!, join(name, key))
    return out
  }
  return visit(nest, prefix)
}

/** The leaves with their names, in order. `[]` and `{}` have none. @category combinators @since 0.1.0 */
export const flatten = <A>(nest: Nest<A>, prefix: string, isLeaf: (u: unknown) => boolean = isTyped): ReadonlyArray<NamedLeaf<A>> => {
  const leaves: Array<NamedLeaf<A>> = []
  map(nest, prefix, (value, name) => leaves.push({ name, value }), isLeaf)
  return leaves
}

/**
 * The structure of `nest` filled with `values`, which are in flattening order (`flatten(nest, …)`'s).
 * Throws a `RangeError` when their number differs: a broken invariant of the caller.
 *
 * @category combinators
 * @since 0.1.0
 */
export const unflatten = <A, B>(nest: Nest<A>, values: ReadonlyArray<B>, isLeaf: (u: unknown) => boolean = isTyped): Nest<B> => {
  let i = 0
  const out = map(nest, "", () => values[i++]!, isLeaf)
  if (i !== values.length) throw new RangeError(`nest.unflatten: ${values.length} values for ${i} leaves`)
  return out
}

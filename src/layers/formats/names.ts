/**
 * Names in a file, each taken once.
 *
 * @since 0.1.0
 */

/** @category models @since 0.1.0 */
export interface NameTable {
  /** `wanted`, or where it is taken, with a number behind it. */
  readonly take: (wanted: string) => string
}

/**
 * `clean` makes of a wanted name what the format allows; names count as equal that `same` maps to one text. Names that begin with one of
 * `reserved` are the file's own.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  clean: (name: string) => string,
  { reserved = [], same = (name) => name }: { readonly reserved?: ReadonlyArray<string>; readonly same?: (name: string) => string } = {}
): NameTable => {
  const taken = new Set<string>()
  return {
    take: (wanted) => {
      const allowed = clean(wanted)
      const base = reserved.some((prefix) => same(allowed).startsWith(same(prefix))) ? `user/${allowed}` : allowed
      let name = base
      for (let i = 1; taken.has(same(name)); i++) name = `${base}_${i}`
      taken.add(same(name))
      return name
    }
  }
}

/** What TensorFlow takes as the name of a node, in Python, where case makes no difference. @category constructors @since 0.1.0 */
export const tensorflow = (reserved: ReadonlyArray<string>): NameTable =>
  make(
    (name) =>
      (name === "" ? "_" : name)
        .replace(/[^A-Za-z0-9_./>-]/g, "_")
        .replace(/^[^A-Za-z0-9.]/, "v$&")
        .replace(/\/$/, "/_"),
    {
      reserved,
      same: (name) => name.toLowerCase()
    }
  )

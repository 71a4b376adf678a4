/**
 * Which weight of a file of Keras or TensorFlow.js Layers is meant by the name of a weight of a model here. Automatic
 * names differ from process to process (`dense_Dense7`) and from Keras to TensorFlow.js (`dense_2`), and Keras puts the
 * names of recurrent cells in between (`lstm/lstm_cell/kernel`).
 *
 * @since 0.1.0
 */

/** `MaxPooling2D` to `max_pooling2d`, as Keras and tfjs-layers make the first half of an automatic name. @category rules @since 0.1.0 */
export const toSnakeCase = (name: string): string =>
  name
    .replace(/(.)([A-Z][a-z0-9]+)/g, "$1_$2")
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase()

/** `dense_Dense7`, `forward_lstm_LSTM2`. */
const ofTfjs = /^(.*?)([A-Z][A-Za-z0-9]*?)(\d+)$/
/** `dense`, `dense_7`. */
const ofKeras = /^(.*?)(?:_(\d+))?$/

interface Automatic {
  /** In snake case, such as `forward_lstm`. */
  readonly family: string
  /** The class as it is written, where the name has it: `forward_lstm_LSTM`. */
  readonly base: string
  readonly ordinal: number
}

/** The parts of a TensorFlow.js name that look automatic; `undefined` for any other. @category rules @since 0.1.0 */
export const automatic = (segment: string): Automatic | undefined => {
  const [, prefix = "", className = "", ordinal = ""] = ofTfjs.exec(segment) ?? []
  if (className === "" || !prefix.endsWith(`${toSnakeCase(className)}_`)) return undefined
  return { family: prefix.slice(0, -1), base: prefix + className, ordinal: Number(ordinal) }
}

const familyOf = (segment: string): string => automatic(segment)?.family ?? ofKeras.exec(segment)?.[1] ?? segment

/** Without `:0`, and without the name of a recurrent cell before the last part. */
const plain = (name: string): string => {
  const segments = name.replace(/:\d+$/, "").split("/")
  const cell = segments.length > 2 && /_cell(_\d+)?$/.test(segments[segments.length - 2]!)
  return [...segments.slice(0, cell ? -2 : -1), segments[segments.length - 1]].join("/")
}

/** Scopes numbered in the order in which they appear, separately for each family: `dense#1/kernel`. */
const numbered = (names: ReadonlyArray<string>): ReadonlyArray<string> => {
  const scopes = new Map<string, string>()
  const counts = new Map<string, number>()
  const scope = (path: string, segment: string): string => {
    const before = scopes.get(path)
    if (before !== undefined) return before
    const family = familyOf(segment)
    const count = (counts.get(family) ?? 0) + 1
    counts.set(family, count)
    scopes.set(path, `${family}#${count}`)
    return `${family}#${count}`
  }
  return names.map((name) => {
    const segments = plain(name).split("/")
    return [...segments.slice(0, -1).map((segment, i) => scope(segments.slice(0, i + 1).join("/"), segment)), segments[segments.length - 1]].join("/")
  })
}

/** Each key with the name that it stands for; keys of several names stand for none. */
const index = (names: ReadonlyArray<string>, keys: ReadonlyArray<string>): ReadonlyMap<string, string> => {
  const found = new Map<string, string | undefined>()
  names.forEach((name, i) => found.set(keys[i]!, found.has(keys[i]!) ? undefined : name))
  return new Map([...found].flatMap(([key, name]) => (name === undefined ? [] : [[key, name]])))
}

/** `dense_Dense3/kernel` is the third of its family here too, as names of models are numbered from 1. */
const ownKey = (name: string): string => {
  const segments = plain(name).split("/")
  return [
    ...segments.slice(0, -1).map((segment) => {
      const parts = automatic(segment)
      return parts === undefined ? segment : `${parts.family}#${parts.ordinal}`
    }),
    segments[segments.length - 1]
  ].join("/")
}

/**
 * Gives the name in the file for the name of a weight here. In this order: the same name; the same without `:0` and the
 * names of recurrent cells; and for automatic names (`dense_Dense2/kernel`) the second of its kind in the file, in the
 * order of the file. `undefined` where there is none, or where two fit equally well.
 *
 * @category rules
 * @since 0.1.0
 */
export const matcher = (names: Iterable<string>): ((name: string) => string | undefined) => {
  const all = [...names]
  const exact = new Set(all)
  const byPlain = index(all, all.map(plain))
  const byNumber = index(all, numbered(all))
  return (name) => (exact.has(name) ? name : (byPlain.get(plain(name)) ?? byNumber.get(ownKey(name))))
}

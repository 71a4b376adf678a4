/**
 * Stable names for the weights of TensorFlow.js Layers, whose automatic names come from counters of the whole process.
 *
 * @since 0.1.0
 */

/** `MaxPooling2D` to `max_pooling2d`, as tfjs-layers makes the first half of an automatic name. */
const toSnakeCase = (name: string): string =>
  name
    .replace(/(.)([A-Z][a-z0-9]+)/g, "$1_$2")
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase()

/** An automatic scope: `dense_Dense7`, `forward_lstm_LSTM2`. */
const automatic = /^(.*?)([A-Z][A-Za-z0-9]*?)(\d+)$/

/**
 * A renamer for one recording. Automatic scopes are numbered from 1 in the order in which they appear, separately for
 * each class; a weight's uniquifying suffix (`kernel_1`) is dropped and made anew within the recording. So the same
 * code gives the same names in each mode and after each repetition.
 */
export const makeLayerNames = (): ((name: string) => string) => {
  const scopes = new Map<string, string>()
  const counts = new Map<string, number>()
  const used = new Set<string>()

  const scope = (segment: string): string => {
    const before = scopes.get(segment)
    if (before !== undefined) return before
    const [, prefix = "", className = ""] = automatic.exec(segment) ?? []
    if (className === "" || !prefix.endsWith(`${toSnakeCase(className)}_`)) return segment
    const count = (counts.get(prefix + className) ?? 0) + 1
    counts.set(prefix + className, count)
    const name = `${prefix}${className}${count}`
    scopes.set(segment, name)
    return name
  }

  return (name) => {
    const segments = name.split("/")
    const weight = segments[segments.length - 1]!.replace(/_\d+$/, "")
    const base = [...segments.slice(0, -1).map(scope), weight].join("/")
    let unique = base
    for (let i = 1; used.has(unique); i++) unique = `${base}_${i}`
    used.add(unique)
    return unique
  }
}

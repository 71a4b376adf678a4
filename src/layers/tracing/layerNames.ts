/**
 * Stable names for the weights of TensorFlow.js Layers, whose automatic names come from counters of the whole process.
 *
 * @since 0.1.0
 */
import { automatic } from "../../domain/layerWeights.ts"

export interface LayerNames {
  /** The stable name of a weight. */
  readonly of: (name: string) => string
  /** Names of layers that stay as they are, although they look automatic: those of a model's JSON. */
  readonly keep: (layers: Iterable<string>) => void
}

/**
 * A renamer for one recording. Automatic scopes are numbered from 1 in the order in which they appear, separately for
 * each class; a weight's uniquifying suffix (`kernel_1`) is dropped and made anew within the recording. So the same
 * code gives the same names in each mode and after each repetition.
 */
export const makeLayerNames = (): LayerNames => {
  const given = new Set<string>()
  const scopes = new Map<string, string>()
  const counts = new Map<string, number>()
  const used = new Set<string>()

  const isGiven = (segment: string) => given.has(segment) || given.has(segment.replace(/^(forward|backward)_/, ""))

  const scope = (segment: string): string => {
    const before = scopes.get(segment)
    if (before !== undefined) return before
    const parts = automatic(segment)
    if (parts === undefined || isGiven(segment)) return segment
    let count = (counts.get(parts.base) ?? 0) + 1
    while (given.has(`${parts.base}${count}`)) count++
    counts.set(parts.base, count)
    const name = `${parts.base}${count}`
    scopes.set(segment, name)
    return name
  }

  const of = (name: string): string => {
    const segments = name.split("/")
    const weight = segments[segments.length - 1]!.replace(/_\d+$/, "")
    const base = [...segments.slice(0, -1).map(scope), weight].join("/")
    let unique = base
    for (let i = 1; used.has(unique); i++) unique = `${base}_${i}`
    used.add(unique)
    return unique
  }
  return {
    of,
    keep: (layers) => {
      for (const name of layers) given.add(name)
    }
  }
}

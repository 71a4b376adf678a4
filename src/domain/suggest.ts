/**
 * The nearest known name, for "did you mean".
 *
 * @since 0.1.0
 */

/**
 * Insertions, deletions, substitutions and swaps of neighbours that lead from `a` to `b`: Damerau-Levenshtein distance in
 * its restricted form (optimal string alignment), by UTF-16 code units.
 *
 * @category rules
 * @since 0.1.0
 */
export const distance = (a: string, b: string): number => {
  let before: Array<number> = []
  let above = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let best = Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, before[j - 2]! + 1)
      row.push(best)
    }
    before = above
    above = row
  }
  return above[b.length]!
}

/** Case, and the hyphens and underscores that names are spelled with in flags and files, count for nothing. */
const normalise = (name: string) => name.toLowerCase().replace(/[-_]/g, "")

/**
 * The name of `known` that is nearest to `name`, if one is within 2 edits or 40 % of the longer one's length, and at
 * least half of the name is right; the first of equals.
 *
 * @category rules
 * @since 0.1.0
 */
export const nearest = (name: string, known: Iterable<string>): string | undefined => {
  const wanted = normalise(name)
  let found: string | undefined
  let least = Infinity
  for (const candidate of known) {
    const other = normalise(candidate)
    const d = distance(wanted, other)
    const length = Math.max(wanted.length, other.length)
    if (d < least && d <= Math.max(2, 0.4 * length) && d <= length / 2) {
      least = d
      found = candidate
    }
  }
  return found
}

/** Lines that are shown where nothing better is known. */
const shown = 4

/**
 * XLA's form of a line of its log: a letter, the date, the time, the thread, and where in its sources. Before its log is set up the
 * date is 0000, and the time has all seconds since 1970.
 */
const logLine = /^([IWEF])\d{4} \d\d:\d\d:\d+\.\d+ +\d+ ([^\]]+)\] (.*)$/

/**
 * What a process that XLA has ended said last: the failed check if there is one, else its last lines but for information and warnings.
 *
 * @category rules
 * @since 0.1.0
 */
export const lastWords = (text: string): string => {
  const all = text.split("\n").filter((line) => line.trim() !== "")
  const fatal = all.flatMap((line) => {
    const match = logLine.exec(line)
    return match !== null && match[1] === "F" ? [`${match[3]} (${match[2]})`] : []
  })
  if (fatal.length > 0) return fatal.at(-1)!
  const isOfInterest = (line: string) => !/^[IW]$/.test(logLine.exec(line)?.[1] ?? "")
  return all
    .filter(
      (line) =>
        isOfInterest(line) &&
        !line.startsWith("WARNING: All log messages before") &&
        !/^\*\*\* (Check failure stack trace|SIG)/.test(line) &&
        !/^ +@ /.test(line)
    )
    .slice(-shown)
    .join(" | ")
}

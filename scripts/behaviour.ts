/**
 * Checks docs/behaviour.md: every row of the specification is there once, and every test that is named exists.
 *
 *   node scripts/behaviour.ts                   counts, and what is wrong; exit 1 when something is
 *   node scripts/behaviour.ts --write           puts the tests that name a row in their titles, `[row 160] …`, into the table
 *   node scripts/behaviour.ts --report out.json also checks that each named test has run and passed (Vitest's `--reporter=json`)
 *   node scripts/behaviour.ts --open            lists the rows that nothing proves yet
 *
 * A row is proven by the tests in its last column, a file and a title each, or by a title that begins with its number. The last
 * column may also say `n/a:` and why the row cannot apply, `later:` and what it waits for, or `open`.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { parseArgs } from "node:util"

const root = resolve(import.meta.dirname, "..")
const page = join(root, "docs/behaviour.md")
const rowCount = 211

interface Proof {
  readonly file: string
  readonly title: string
}

/** Every test file's text by its path from the root. */
const tests = new Map<string, string>(
  readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .sort()
    .map((file) => [`test/${file.replaceAll("\\", "/")}`, readFileSync(join(root, "test", file), "utf8")] as const)
)

/** `3, 5-7` as 3, 5, 6, 7. */
const numbersOf = (text: string): ReadonlyArray<number> =>
  text.split(/[,\s]+/).flatMap((part) => {
    const [from, to = from] = part.split(/[-–]/).map(Number)
    return from === undefined || !(from >= 1) ? [] : Array.from({ length: to! - from + 1 }, (_, i) => from + i)
  })

/** Tests by the rows that their titles name. */
const tagged = new Map<number, Array<Proof>>()
for (const [file, text] of tests) {
  for (const [, , title = ""] of text.matchAll(/(["'`])(\[rows? (?:\\.|(?!\1).)*)\1/g)) {
    const numbers = new Set([...title.matchAll(/\[rows? ([\d,\s–-]+)\]/g)].flatMap(([, list = ""]) => numbersOf(list)))
    for (const row of numbers) tagged.set(row, [...(tagged.get(row) ?? []), { file, title: title.replace(/\\(.)/g, "$1") }])
  }
}

interface Row {
  readonly number: number
  readonly line: number
  readonly cells: ReadonlyArray<string>
}

const lines = readFileSync(page, "utf8").split("\n")
const rows: ReadonlyArray<Row> = lines.flatMap((text, line) => {
  const match = text.match(/^\| (\d+) \|/)
  return match === null
    ? []
    : [
        {
          number: Number(match[1]),
          line,
          cells: text
            .split(/(?<!\\)\|/)
            .slice(1, -1)
            .map((cell) => cell.trim())
        }
      ]
})

/** The tests in a cell: a path in backquotes, a title in straight quotes. */
const proofsIn = (cell: string): ReadonlyArray<Proof> =>
  [...cell.matchAll(/`(test\/[^`]+)` "([^"]+)"/g)].map(([, file = "", title = ""]) => ({ file, title: title.replaceAll("\\|", "|") }))

const asCell = (proofs: ReadonlyArray<Proof>): string =>
  proofs.map(({ file, title }) => `\`${file}\` "${title.replaceAll("|", "\\|").replaceAll('"', "'")}"`).join("<br>")

/** Quotes and their escapes apart, titles in source and page are the same text. */
const plain = (text: string) => text.replaceAll('\\"', "'").replaceAll('"', "'").replaceAll("\\'", "'").replaceAll("\\`", "`")
const plainTests = new Map([...tests].map(([file, text]) => [file, plain(text)]))

const { values: flags } = parseArgs({
  options: {
    write: { type: "boolean", default: false },
    open: { type: "boolean", default: false },
    report: { type: "string" }
  }
})

const problems = new Set<string>()

/** Titles that passed, by file; a title with `${…}` stands for all that fit it. */
const passed = (() => {
  if (flags.report === undefined) return undefined
  interface Report {
    readonly testResults: ReadonlyArray<{
      readonly name: string
      readonly assertionResults: ReadonlyArray<{ readonly title: string; readonly status: string }>
    }>
  }
  const { testResults } = JSON.parse(readFileSync(flags.report, "utf8")) as Report
  return testResults.flatMap(({ assertionResults, name }) =>
    assertionResults.filter(({ status }) => status === "passed").map(({ title }) => ({ file: name, title: plain(title) }))
  )
})()

const hasPassed = ({ file, title }: Proof): boolean => {
  const parts = plain(title).split(/\$\{[^}]*\}/)
  const pattern = new RegExp(`^${parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".*")}$`)
  // suites shared by several test files run under the names of those
  const shared = !file.endsWith(".test.ts")
  return passed!.some((test) => (shared || test.file.endsWith(file)) && pattern.test(test.title))
}

const exists = ({ file, title }: Proof): boolean => ["'", "`"].some((quote) => plainTests.get(file)?.includes(`${quote}${plain(title)}${quote}`))

const check = (row: Row, proof: Proof): void => {
  if (!plainTests.has(proof.file)) problems.add(`row ${row.number}: there is no ${proof.file}`)
  else if (!exists(proof)) problems.add(`row ${row.number}: ${proof.file} has no test "${proof.title}"`)
  else if (passed !== undefined && !hasPassed(proof)) problems.add(`row ${row.number}: "${proof.title}" of ${proof.file} has not run and passed`)
}

const counts = { proven: 0, notApplicable: 0, later: 0, open: 0 }
const open: Array<string> = []
for (const row of rows) {
  const cell = row.cells.at(-1)!
  const named = proofsIn(cell)
  const tags = tagged.get(row.number) ?? []
  // a title with numbers may have been changed since it was written: what is gone is written anew
  const kept = named.filter(
    (proof) => !tags.some(({ title }) => plain(title) === plain(proof.title)) && (!proof.title.startsWith("[row") || exists(proof))
  )
  const proofs = [...kept, ...tags]
  for (const proof of flags.write ? proofs : [...named, ...tags]) check(row, proof)
  for (const [, path = ""] of row.cells[2]?.matchAll(/`([^`]+)`/g) ?? []) {
    if (!existsSync(join(root, path))) problems.add(`row ${row.number}: there is no ${path}`)
  }
  if (row.cells.length !== 4) problems.add(`row ${row.number}: expected 4 cells, got ${row.cells.length}`)
  if (proofs.length > 0) counts.proven++
  else if (/^n\/a: \S/.test(cell)) counts.notApplicable++
  else if (/^later: \S/.test(cell)) counts.later++
  else {
    if (cell !== "open" && named.length === 0) problems.add(`row ${row.number}: expected tests, n/a: …, later: … or open, got "${cell}"`)
    counts.open++
    open.push(`${row.number} ${row.cells[1]}`)
  }
  if (flags.write && tags.length > 0) lines[row.line] = `| ${[...row.cells.slice(0, 3), asCell(proofs)].join(" | ")} |`
}
for (let number = 1; number <= rowCount; number++) {
  const found = rows.filter((row) => row.number === number).length
  if (found !== 1) problems.add(`row ${number} is there ${found} times`)
}
for (const [row, proofs] of tagged) if (row > rowCount) problems.add(`"${proofs[0]!.title}" names row ${row}; there are ${rowCount}`)

if (flags.write) writeFileSync(page, lines.join("\n"))
if (flags.open) console.log(open.join("\n"))
console.log(`behaviour: ${counts.proven} proven, ${counts.notApplicable} not applicable, ${counts.later} later, ${counts.open} open, of ${rowCount}`)
for (const problem of problems) console.error(problem)
process.exitCode = problems.size === 0 ? 0 : 1

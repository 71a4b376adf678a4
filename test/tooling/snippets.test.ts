/** The programs in the documentation compile: each block of TypeScript, which is a whole file. */
import { assert, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join, resolve } from "node:path"

const root = resolve(import.meta.dirname, "../..")

/** Languages of blocks that are no programs of this package. */
const others = new Set(["sh", "python", "text", "json", "yaml", "toml"])

interface Block {
  /** Page and line where it begins. */
  readonly at: string
  readonly language: string
  readonly text: string
}

const pages = [
  "README.md",
  "AGENTS.md",
  "CHANGELOG.md",
  ...["docs", "examples", "bench"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".md"))
      .map((file) => `${folder}/${file}`)
  )
]

/** Every fenced block, wherever it stands and whatever it is called. */
const blocksOf = (page: string): ReadonlyArray<Block> => {
  const blocks: Array<Block> = []
  let open: { readonly at: string; readonly language: string; readonly lines: Array<string> } | undefined
  readFileSync(join(root, page), "utf8")
    .split("\n")
    .forEach((line, i) => {
      const fence = /^[\s>*-]*(?:```|~~~)\s*(.*)$/.exec(line)
      if (fence === null) return open?.lines.push(line)
      if (open === undefined) open = { at: `${page}:${i + 1}`, language: fence[1]!.trim(), lines: [] }
      else {
        blocks.push({ at: open.at, language: open.language, text: open.lines.join("\n") })
        open = undefined
      }
    })
  assert.isUndefined(open, `${page}: a block is not closed`)
  return blocks
}

const blocks = pages.flatMap(blocksOf)
const programs = blocks.filter(({ language }) => language === "ts")

it("every block of code is a program that is checked, or says what else it is", () => {
  assert.deepStrictEqual(
    blocks.filter(({ language }) => language !== "ts" && !others.has(language)).map(({ at, language }) => `${at} ${language}`),
    []
  )
})

it("the programs in README and docs compile, each by itself", () => {
  // below the root, where the packages are found
  mkdirSync(join(root, ".work"), { recursive: true })
  const folder = mkdtempSync(join(root, ".work", "snippets-"))
  try {
    for (const { at, text } of programs) writeFileSync(join(folder, `${at.replaceAll(/\W/g, "_")}.ts`), `${text}\nexport {}\n`)
    assert.isAbove(programs.length, 20)
    const paths = { "effect-estimator": ["../../src/index.ts"], "effect-estimator/*": ["../../src/*.ts"] }
    // what a block declares to stand for the reader's own is not used
    const compilerOptions = { paths, noUnusedLocals: false, noUnusedParameters: false }
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ extends: "../../tsconfig.json", compilerOptions, include: ["*.ts"] }))
    const { status, stderr, stdout } = spawnSync(process.execPath, [join(root, "node_modules/.bin/tsc"), "-p", folder], { encoding: "utf8" })
    assert.isNotNull(status)
    assert.strictEqual(stderr, "")
    assert.strictEqual(
      stdout
        .split("\n")
        // what is wrong with the package itself is for `npm run check` to say
        .filter((line) => line.includes("error TS") && !line.startsWith("src/"))
        .join("\n"),
      ""
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

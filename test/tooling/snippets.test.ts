/** The programs in the documentation compile: each TypeScript block that begins with an import. */
import { assert, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join, resolve } from "node:path"

const root = resolve(import.meta.dirname, "../..")

it("the programs in README and docs compile", () => {
  const pages = [
    "README.md",
    ...readdirSync(join(root, "docs"))
      .filter((file) => file.endsWith(".md"))
      .map((file) => `docs/${file}`)
  ]
  // below the root, where the packages are found
  mkdirSync(join(root, ".work"), { recursive: true })
  const folder = mkdtempSync(join(root, ".work", "snippets-"))
  try {
    let count = 0
    for (const page of pages) {
      for (const [, block = ""] of readFileSync(join(root, page), "utf8").matchAll(/```ts\n(import [\s\S]*?)```/g)) {
        writeFileSync(join(folder, `${page.replaceAll(/\W/g, "_")}_${++count}.ts`), `${block}\nexport {}\n`)
      }
    }
    assert.isAbove(count, 5)
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

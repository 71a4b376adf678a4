/**
 * The API report: declarations without comments in api/. `--check` fails when they differ from those in the working tree,
 * so that a change of the public surface is seen in review.
 */
import { spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join, relative, resolve } from "node:path"
import { fileURLToPath } from "node:url"

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..")
const check = process.argv.includes("--check")
const api = join(root, "api")
const target = check ? mkdtempSync(join(tmpdir(), "effect-estimator-api-")) : api

const declarations = (folder) =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name.endsWith(".d.ts"))
        .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)))
        .sort()
    : []

const differences = () => {
  const before = new Set(declarations(api))
  const after = new Set(declarations(target))
  const gone = [...before].filter((file) => !after.has(file)).map((file) => `removed ${file}`)
  const changed = [...after].flatMap((file) =>
    !before.has(file)
      ? [`added   ${file}`]
      : readFileSync(join(api, file), "utf8") === readFileSync(join(target, file), "utf8")
        ? []
        : [`changed ${file}`]
  )
  return [...gone, ...changed]
}

if (!check) rmSync(api, { recursive: true, force: true })
const args = [
  "-p",
  join(root, "tsconfig.build.json"),
  "--declaration",
  "--emitDeclarationOnly",
  "--removeComments",
  "--sourceMap",
  "false",
  "--outDir",
  target
]
const tsc = spawnSync("tsc", args, { cwd: root, stdio: "inherit", shell: process.platform === "win32" })
if (tsc.status !== 0) process.exit(tsc.status ?? 1)
if (check) {
  const found = differences()
  rmSync(target, { recursive: true, force: true })
  if (found.length > 0) {
    console.error(`api/ is not what src declares (run \`npm run api\` and commit the result):\n  ${found.join("\n  ")}`)
    process.exit(1)
  }
  console.log(`api: ${declarations(api).length} declaration files agree with src`)
} else console.log(`api: wrote ${declarations(api).length} declaration files`)

/** What a project can import from the package: what is public, and nothing else. Node itself resolves it, in a package of empty files. */
import { assert, it } from "@effect/vitest"
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { dirname, join, resolve } from "node:path"
import { afterAll, beforeAll } from "vitest"

const root = resolve(import.meta.dirname, "../..")
const read = (file: string) => readFileSync(join(root, file), "utf8")
// the package's own file
const { exports: entries } = JSON.parse(read("package.json")) as { readonly exports: { readonly [path: string]: string } }
const modules = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .map((file) => file.slice(0, -3).replaceAll("\\", "/"))

let folder: string

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "effect-estimator-exports-")))
  writeFileSync(join(folder, "package.json"), '{ "name": "project" }')
  const installed = join(folder, "node_modules/effect-estimator")
  for (const module of modules) {
    const file = join(installed, "dist", `${module}.js`)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, "")
  }
  writeFileSync(join(installed, "package.json"), read("package.json"))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The module of the sources that a project gets for `effect-estimator/path`; `undefined` where it gets none. */
const moduleOf = (path: string): string | undefined => {
  const specifier = path === "" ? "effect-estimator" : `effect-estimator/${path}`
  try {
    const file = createRequire(join(folder, "main.js")).resolve(specifier)
    return file.slice(join(folder, "node_modules/effect-estimator/dist/").length).replaceAll("\\", "/").replace(/\.js$/, "")
  } catch (error) {
    assert.match((error as Error).message, /is not defined by "exports"/)
    return undefined
  }
}

const pagesOf = (directory: string, extension: string) =>
  readdirSync(join(root, directory), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(extension))
    .map((file) => `${directory}/${file}`)

it("every module that README, docs and examples import can be imported from the package", () => {
  const paths = new Set<string>()
  for (const page of ["README.md", ...pagesOf("docs", ".md")]) {
    for (const [, path] of read(page).matchAll(/(?:from|import\() ?"effect-estimator(?:\/([^"]+))?"/g)) paths.add(path ?? "")
  }
  // in the clone they import the sources; who copies them writes the package's name
  for (const file of pagesOf("examples", ".ts")) {
    for (const [, path] of read(file).matchAll(/from "(?:\.\.\/)+src\/([^"]+)\.ts"/g)) paths.add(path === "index" ? "" : path!)
  }
  assert.includeMembers([...paths], ["", "services/CheckpointStore", "domain/Events"])
  for (const path of paths) assert.strictEqual(moduleOf(path), path === "" ? "index" : path)
})

it("the namespaces of the index, every contract, engine, sink and format have paths of their own", () => {
  const namespaces = [...read("src/index.ts").matchAll(/^export (?:type )?\* as \w+ from "\.\/(.*)\.ts"/gm)].map(([, path]) => path!)
  assert.isAbove(namespaces.length, 20)
  const families = modules.filter((module) => /^(services\/|layers\/(device\/Device|sinks\/MetricSink|formats\/Format))/.test(module))
  assert.isAbove(families.length, 20)
  for (const path of [...namespaces, ...families]) assert.strictEqual(moduleOf(path), path)
})

it("internals have none", () => {
  const internals = [
    "domain/graph/Graph",
    "domain/passes/pipeline",
    "layers/device/EvaluatorCache",
    "layers/device/hosted/serve",
    "layers/device/onnx/Engine",
    "layers/device/reference/Replicas",
    "layers/device/tensorflow/Engine",
    "layers/inputs/stack",
    "layers/sinks/tensorboard/png",
    "layers/storage/bundle",
    "layers/tracing/trace",
    "programs/cli/main",
    "programs/session"
  ]
  assert.includeMembers([...modules], internals)
  for (const path of internals) assert.isUndefined(moduleOf(path), path)
})

it("every path leads to a module of its name", () => {
  for (const [path, target] of Object.entries(entries)) {
    if (path === "." || path === "./package.json") continue
    assert.strictEqual(target, `./dist/${path.slice(2)}.js`)
    const [begin, end = ""] = path.slice(2).split("*") as [string, string?]
    const found = modules.filter((module) => (path.includes("*") ? module.startsWith(begin) && module.endsWith(end) : module === begin))
    assert.isNotEmpty(found, path)
    // the star of a pattern stands for folders, too
    for (const module of found) assert.notInclude(module.slice(begin.length), "/", path)
  }
})

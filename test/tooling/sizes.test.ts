/** Files under 300 lines, functions under 60: what is larger is listed here, with its reason. */
import { assert, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"

const root = resolve(import.meta.dirname, "../..")
const constructor_ = "a constructor: its closures are the methods of one object, over state that they share"

/** Functions of 60 lines and more, by file. Callbacks of `describe`, and other functions in `test` that hold tests, are not counted: their tests are. */
const large: { readonly [file: string]: string } = {
  "src/domain/threefry.ts": "rounds written out: as a loop over a table they take nearly three times as long",
  "src/layers/device/hosted/install/tools.ts": constructor_,
  "src/layers/device/hosted/serve.ts": constructor_,
  "src/layers/device/onnx/Stepper.ts": constructor_,
  "src/layers/device/reference/ReferenceExecutable.ts": constructor_,
  "src/layers/device/reference/Replicas.ts": constructor_,
  "src/layers/storage/CheckpointStoreMemory.ts": constructor_,
  "src/programs/hooks/Timeline.ts": constructor_,
  "src/programs/pump.ts": constructor_
}

interface Diagnostic {
  readonly filename: string
  /** In bytes. */
  readonly labels: ReadonlyArray<{ readonly span: { readonly offset: number; readonly length: number } }>
}

/** What breaks a limit of the linter in `folders`. */
const over = (rule: string, max: number, folders: ReadonlyArray<string>): ReadonlyArray<Diagnostic> => {
  const folder = mkdtempSync(join(tmpdir(), "effect-estimator-sizes-"))
  try {
    const config = join(folder, "oxlint.json")
    writeFileSync(config, JSON.stringify({ plugins: [], categories: { correctness: "off" }, rules: { [rule]: ["error", { max }] } }))
    const run = spawnSync(join(root, "node_modules/.bin/oxlint"), ["-c", config, "--format", "json", ...folders], { cwd: root, encoding: "utf8" })
    const report = JSON.parse(run.stdout) as { readonly diagnostics: ReadonlyArray<Diagnostic>; readonly number_of_files: number }
    assert.isAbove(report.number_of_files, 10)
    return report.diagnostics
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const filesOf = (diagnostics: ReadonlyArray<Diagnostic>) => [...new Set(diagnostics.map(({ filename }) => filename))].sort()

/** Whether tests are registered within the function. */
const holdsTests = ({ filename, labels }: Diagnostic): boolean => {
  const { length, offset } = labels[0]!.span
  const text = readFileSync(join(root, filename))
    .subarray(offset, offset + length)
    .toString()
  return filename.startsWith("test/") && /^\s*(it|test|describe)(\.\w+)*\(/m.test(text)
}

it("every file has fewer than 300 lines", () => {
  assert.deepStrictEqual(filesOf(over("max-lines", 299, ["src", "test", "bench", "scripts", "examples"])), [])
})

it("every function has fewer than 60 lines, but for those with a reason", () => {
  const found = over("max-lines-per-function", 59, ["src", "test", "bench", "scripts", "examples"])
  assert.deepStrictEqual(filesOf(found.filter((diagnostic) => !holdsTests(diagnostic))), Object.keys(large).sort())
  assert.isAbove(found.filter(holdsTests).length, 10)
})

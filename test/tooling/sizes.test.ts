/** Files under 300 lines, functions under 60: what is larger is listed here, with its reason. */
import { assert, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"

const root = resolve(import.meta.dirname, "../..")
const constructor_ = "a constructor: its closures are the methods of one object, over state that they share"

/** Functions of 60 lines and more, by file; the callbacks of `describe` and of suites in `test` hold many tests and are not counted. */
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

/** Files in `folders` that break a limit of the linter. */
const over = (rule: string, max: number, folders: ReadonlyArray<string>): ReadonlyArray<string> => {
  const folder = mkdtempSync(join(tmpdir(), "effect-estimator-sizes-"))
  try {
    const config = join(folder, "oxlint.json")
    writeFileSync(config, JSON.stringify({ plugins: [], categories: { correctness: "off" }, rules: { [rule]: ["error", { max }] } }))
    const run = spawnSync(join(root, "node_modules/.bin/oxlint"), ["-c", config, "--format", "json", ...folders], { cwd: root, encoding: "utf8" })
    const report = JSON.parse(run.stdout) as { readonly diagnostics: ReadonlyArray<{ readonly filename: string }>; readonly number_of_files: number }
    assert.isAbove(report.number_of_files, 10)
    return [...new Set(report.diagnostics.map(({ filename }) => filename))].sort()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

it("every file has fewer than 300 lines", () => {
  assert.deepStrictEqual(over("max-lines", 299, ["src", "test", "bench", "scripts"]), [])
})

it("every function has fewer than 60 lines, but for those with a reason", () => {
  assert.deepStrictEqual(over("max-lines-per-function", 59, ["src", "bench", "scripts"]), Object.keys(large).sort())
})

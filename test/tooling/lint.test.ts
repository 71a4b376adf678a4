/** The import directions are rules of the linter: each forbidden import below must be caught, each allowed one pass. */
import { assert, describe, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join, resolve } from "node:path"

const root = resolve(import.meta.dirname, "../..")

/** Messages of `no-restricted-imports` by file, for a folder holding just these files and the project's rules. */
const lint = (files: { readonly [path: string]: string }): { readonly [path: string]: ReadonlyArray<string> } => {
  const folder = mkdtempSync(join(tmpdir(), "effect-estimator-lint-"))
  try {
    copyFileSync(join(root, ".oxlintrc.json"), join(folder, ".oxlintrc.json"))
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
    const run = spawnSync(join(root, "node_modules/.bin/oxlint"), ["--format", "json", "."], { cwd: folder, encoding: "utf8" })
    const report = JSON.parse(run.stdout) as {
      readonly diagnostics: ReadonlyArray<{ readonly code: string; readonly help?: string; readonly message: string; readonly filename: string }>
    }
    const found: { [path: string]: Array<string> } = {}
    for (const { code, filename, help, message } of report.diagnostics) {
      if (code.includes("no-restricted-imports")) (found[filename] ??= []).push(`${help ?? ""} ${message}`)
    }
    return found
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const use = (specifier: string) => `import { x } from "${specifier}"\nexport const y = x\n`

const forbidden: ReadonlyArray<readonly [path: string, specifier: string, says: string]> = [
  ["src/domain/A.ts", "../services/Device.ts", "domain imports domain only"],
  ["src/domain/graph/A.ts", "../../layers/device/DeviceOnnx.ts", "domain imports domain only"],
  ["src/domain/B.ts", "node:fs", "domain is pure"],
  ["src/domain/C.ts", "@tensorflow/tfjs-core", "only src/layers/tracing imports tfjs"],
  ["src/domain/Model.ts", "@tensorflow/tfjs-core", "not import its values"],
  ["src/services/A.ts", "../programs/train.ts", "services import domain and services only"],
  ["src/services/B.ts", "../layers/feed/Infeed.ts", "services import domain and services only"],
  ["src/layers/device/A.ts", "../tracing/Tracer.ts", "does not import another folder of layers"],
  ["src/layers/device/onnx/A.ts", "../../../programs/train.ts", "their own folder"],
  ["src/layers/device/B.ts", "@tensorflow/tfjs-core", "only src/layers/tracing imports tfjs"],
  ["src/layers/tracing/A.ts", "../device/DeviceOnnx.ts", "does not import another folder of layers"],
  ["src/layers/formats/A.ts", "../tracing/Tracer.ts", "imports the lowerings of layers/device"],
  ["src/layers/storage/A.ts", "../formats/FormatOnnx.ts", "does not import another folder of layers"],
  ["src/programs/A.ts", "../layers/device/DeviceOnnx.ts", "programs import services only"],
  ["src/programs/cli/A.ts", "@tensorflow/tfjs-layers", "only src/layers/tracing imports tfjs"],
  ["src/domain/D.ts", "./Tensor.js", "relative imports end in .ts"],
  ["test/A.test.ts", "../src/domain/Tensor.js", "relative imports end in .ts"]
]

const allowed: ReadonlyArray<readonly [path: string, text: string]> = [
  ["src/domain/graph/E.ts", use("../Tensor.ts")],
  ["src/domain/Model.ts", `import type { Tensor } from "@tensorflow/tfjs-core"\nexport type T = Tensor\n`],
  ["src/layers/tracing/B.ts", use("@tensorflow/tfjs-core")],
  ["src/layers/device/C.ts", use("./onnx/lower.ts")],
  ["src/layers/formats/B.ts", use("../device/onnx/lower.ts")],
  ["src/layers/device/D.ts", use("../../services/Device.ts")],
  ["src/programs/cli/B.ts", use("../../layers/device/DeviceOnnx.ts")],
  ["src/EstimatorNode.ts", use("./layers/device/DeviceOnnx.ts")],
  ["test/B.test.ts", use("../src/layers/device/DeviceOnnx.ts")],
  ["examples/x/main.ts", use("@tensorflow/tfjs-layers")]
]

describe("lint", () => {
  it("catches each forbidden import and says why", () => {
    const found = lint(Object.fromEntries(forbidden.map(([path, specifier]) => [path, use(specifier)])))
    for (const [path, specifier, says] of forbidden) {
      assert.include((found[path] ?? []).join("\n"), says, `${path} importing ${specifier}`)
    }
  })

  it("lets the allowed ones pass", () => {
    assert.deepStrictEqual(lint(Object.fromEntries(allowed)), {})
  })
})

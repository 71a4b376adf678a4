/**
 * Writes docs/ops.md: which kernels of TensorFlow.js compile, have a gradient, and how many of tfjs-core's own tests that run
 * them pass on each engine; and the ops of the intermediate representation.
 *
 *   node scripts/ops.ts           runs tfjs-core's suite on both engines (a minute) and writes the page
 *   node scripts/ops.ts --check   only compares, and exits with 1 when the page is another
 */
import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import "@tensorflow/tfjs-backend-cpu"
import * as tf from "@tensorflow/tfjs-core"
import { opTable } from "../src/domain/graph/opTable.ts"
import { opNames as onnxOps } from "../src/layers/device/onnx/lower.ts"
import { opNames as tensorflowOps } from "../src/layers/device/tensorflow/lower.ts"
import { compiled, register } from "../src/layers/tracing/register.ts"

const root = resolve(import.meta.dirname, "..")
const page = join(root, "docs/ops.md")

interface Run {
  readonly counts: { readonly total: number; readonly passed: number; readonly excluded: number; readonly onCpu: number }
  readonly results: ReadonlyArray<{ readonly status: string; readonly kernels?: ReadonlyArray<string> }>
}

const runSuite = (engine: string, folder: string): Run => {
  const out = join(folder, `${engine}.json`)
  const { status } = spawnSync(process.execPath, [join(root, "test/tfjs/run.ts"), "--engine", engine, "--out", out], { stdio: "inherit" })
  if (status !== 0) process.exit(1)
  return JSON.parse(readFileSync(out, "utf8")) as Run // written by run.ts
}

/** `passed/run` of the tests in which the kernel ran. */
const testsOf = ({ results }: Run, kernel: string): string => {
  const ran = results.filter(({ kernels, status }) => status !== "skipped" && kernels?.includes(kernel) === true)
  return ran.length === 0 ? "-" : `${ran.filter(({ status }) => status === "passed").length}/${ran.length}`
}

const row = (cells: ReadonlyArray<string>) => `| ${cells.join(" | ")} |`
const table = (heading: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>) =>
  [row(heading), row(heading.map(() => "---")), ...rows.map(row)].join("\n")

register()
// kernels that TensorFlow.js only names, and composes of others, are no rows
const kernels = [...new Set([...compiled, ...tf.getKernelsForBackend("cpu").map(({ kernelName }) => kernelName)])].sort()

const has = (lowered: ReadonlyArray<string>, op: string, composite: boolean) => (lowered.includes(op) ? "yes" : composite ? "decomposed" : "-")
const folder = mkdtempSync(join(tmpdir(), "effect-estimator-ops-"))
try {
  const reference = runSuite("reference", folder)
  const onnx = runSuite("onnx", folder)
  const kernelRows = kernels.map((name) => [
    `\`${name}\``,
    compiled.has(name) ? "yes" : "eager only",
    tf.getGradient(name) === undefined ? "-" : "yes",
    testsOf(reference, name),
    testsOf(onnx, name)
  ])
  const opRows = opTable.map(({ attributes, composite, group, op }) => [
    `\`${op}\``,
    group,
    "yes",
    has(onnxOps, op, composite),
    has(tensorflowOps, op, composite),
    attributes.join(", ")
  ])
  const counted = (name: string, { counts }: Run) =>
    `${name}: ${counts.passed} of ${counts.total} pass, ${counts.excluded} are excluded (\`test/tfjs/excluded.ts\` has the reasons), ${counts.onCpu} of those that pass use a kernel of tfjs's CPU backend`
  const text = `# Operations

Written by \`npm run ops:page\`; do not edit.

## Kernels of TensorFlow.js
Of ${kernels.length} kernels ${kernelRows.filter(([, yes]) => yes === "yes").length} can be part of a compiled step. The others have results whose shapes depend on values, or strings: they work eagerly (\`LazyBackend\`), and while a step is recorded they are an error that names what to use
instead. The last two columns count the tests of tfjs-core's own suite in which the kernel ran on the lazy backend: passed / run.

- ${counted("reference", reference)}
- ${counted("onnx", onnx)}

${table(["kernel", "compiles", "gradient", "tests: reference", "tests: onnx"], kernelRows)}

## Ops of the intermediate representation
What kernels are recorded as. An op without a lowering fails at compile, naming itself.

${table(["op", "group", "reference", "onnx", "tensorflow", "attributes"], opRows)}
`
  if (!process.argv.includes("--check")) writeFileSync(page, text)
  else if (readFileSync(page, "utf8") !== text) {
    console.error("docs/ops.md is not what the code and the suite give: run npm run ops:page")
    process.exitCode = 1
  }
} finally {
  rmSync(folder, { recursive: true })
}

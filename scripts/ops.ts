/**
 * Writes docs/ops.md: which kernels of TensorFlow.js compile, have a gradient, and how many of tfjs-core's own tests that run
 * them pass on each engine; and the ops of the intermediate representation.
 *
 *   node scripts/ops.ts                    runs tfjs-core's suite on both engines (a minute) and writes the page
 *   node scripts/ops.ts --check            only compares, and exits with 1 when the page is another
 *   node scripts/ops.ts --results folder   takes what test/tfjs/suite.test.ts wrote there (with TFJS_RESULTS=folder) and runs what is missing
 */
import { spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { parseArgs } from "node:util"
import "@tensorflow/tfjs-backend-cpu"
import * as tf from "@tensorflow/tfjs-core"
import { compiled, register } from "../src/layers/tracing/register.ts"
import { cellsOf, heading, opRows } from "../src/programs/cli/opTable.ts"
import type { TestResult, Verdict } from "../test/tfjs/judge.ts"

const { values: flags } = parseArgs({ options: { check: { type: "boolean", default: false }, results: { type: "string" } } })
const root = resolve(import.meta.dirname, "..")
const page = join(root, "docs/ops.md")

interface Run {
  readonly counts: Verdict["counts"]
  readonly results: ReadonlyArray<TestResult>
}

const runSuite = (engine: string, folder: string): Run => {
  const out = join(folder, `${engine}.json`)
  if (!existsSync(out)) {
    const { status } = spawnSync(process.execPath, [join(root, "test/tfjs/run.ts"), "--engine", engine, "--out", out], { stdio: "inherit" })
    if (status !== 0) process.exit(1)
  }
  return JSON.parse(readFileSync(out, "utf8")) as Run // written by run.ts
}

const passedOf = (results: ReadonlyArray<TestResult>): string =>
  results.length === 0 ? "-" : `${results.filter(({ status }) => status === "passed").length}/${results.length}`

/** `passed/run` of the tests in which the kernel ran, those apart in which tfjs's CPU backend computed it. */
const testsOf = ({ results }: Run, kernel: string): { readonly engine: string; readonly cpu: string } => {
  const ran = results.filter(({ kernels }) => kernels?.includes(kernel) === true)
  const onCpu = (result: TestResult) => result.onCpu?.includes(kernel) === true
  return { engine: passedOf(ran.filter((result) => !onCpu(result))), cpu: passedOf(ran.filter(onCpu)) }
}

/** Differentiates by a gradient of its own, which tfjs does not register. */
const fused: Readonly<Record<string, () => tf.Tensor>> = {
  _FusedMatMul: () => tf.grad((x) => tf.fused.matMul({ a: x as tf.Tensor2D, b: tf.ones([2, 2]) }))(tf.ones([2, 2])),
  FusedConv2D: () =>
    tf.grad((x) => tf.fused.conv2d({ x: x as tf.Tensor4D, filter: tf.ones([1, 1, 1, 1]), strides: 1, pad: "valid" }))(tf.ones([1, 2, 2, 1])),
  FusedDepthwiseConv2D: () =>
    tf.grad((x) => tf.fused.depthwiseConv2d({ x: x as tf.Tensor4D, filter: tf.ones([1, 1, 1, 1]), strides: 1, pad: "valid" }))(tf.ones([1, 2, 2, 1]))
}

/** In place of a call's attributes: to look at one is an error. */
const noAttributes = new Proxy<tf.NamedAttrMap>(
  {},
  {
    get: () => {
      throw new Error("the gradient depends on attributes")
    }
  }
)

/** Whether the gradient is zero whatever comes back: no NaN comes through. */
const isFlat = (gradient: tf.GradConfig): boolean => {
  try {
    const saved = Array.from({ length: 6 }, () => tf.fill([1, 1], 0.5))
    const parts = Object.values(gradient.gradFunc(tf.fill([1, 1], Number.NaN), saved, noAttributes))
    return parts.length > 0 && parts.every((part) => part().dataSync()[0] === 0)
  } catch {
    return false // it looks at attributes, or does not fit these shapes
  }
}

const gradientOf = (kernel: string): string => {
  const gradient = tf.getGradient(kernel)
  if (gradient !== undefined) return isFlat(gradient) ? "zero" : "yes"
  return fused[kernel] !== undefined && Number.isFinite(fused[kernel]().dataSync()[0]) ? "yes" : "-"
}

const row = (cells: ReadonlyArray<string>) => `| ${cells.join(" | ")} |`
const table = (heading: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>) =>
  [row(heading), row(heading.map(() => "---")), ...rows.map(row)].join("\n")

register()
await tf.setBackend("cpu")
// kernels that TensorFlow.js only names, and composes of others, are no rows
const kernels = [...new Set([...compiled, ...tf.getKernelsForBackend("cpu").map(({ kernelName }) => kernelName)])].sort()
const named = new Set<unknown>(Object.values(tf))
const theirs = kernels.filter((name) => named.has(name))
const own = kernels.filter((name) => !named.has(name))
const ops = (await opRows()).map((row) => cellsOf({ ...row, op: `\`${row.op}\`` }))

const text = (reference: Run, onnx: Run): string => {
  const kernelRows = theirs.map((name) => {
    const [a, b] = [testsOf(reference, name), testsOf(onnx, name)]
    const cpu = a.cpu === b.cpu ? a.cpu : `${a.cpu} · ${b.cpu}`
    return [`\`${name}\``, compiled.has(name) ? "yes" : "eager only", gradientOf(name), a.engine, b.engine, cpu]
  })
  const counted = (name: string, { counts }: Run) =>
    `${name}: ${counts.passed} of ${counts.total} pass, ${counts.excluded} fail and are excluded, ${counts.skipped} are switched off in tfjs-core. Of those that pass ${counts.onCpu} use a kernel of tfjs's CPU backend, and ${counts.withoutKernel} run no kernel at all (errors for wrong arguments, shapes, input and output, the engine's bookkeeping): they say little of this package`
  return `# Operations

Written by \`npm run ops:page\`; do not edit.

## Kernels of TensorFlow.js
Of ${theirs.length} kernels ${kernelRows.filter(([, yes]) => yes === "yes").length} can be part of a compiled step. The others have results whose shapes depend on values, or strings: they work eagerly (\`LazyBackend\`), and while a step is recorded they are an error that names what to use
instead. A gradient that is \`zero\` is so for all values: it does not stop the others. The last three columns count the tests of tfjs-core's own suite in which the kernel ran on the lazy backend, passed / run: those where the engine computed it, and those where
tfjs's CPU backend did, for either engine.

- ${counted("reference", reference)}
- ${counted("onnx", onnx)}
- \`test/tfjs/excluded.ts\` has every test that fails, is switched off, or is for browsers and not loaded, with reasons. tfjs-layers' package ships no compiled tests: its layers are compared with tfjs's own eager execution (\`test/layers/tracing/layers\`)

${table(["kernel", "compiles", "gradient", "tests: reference", "tests: onnx", "tests: tfjs's CPU kernels"], kernelRows)}

Kernels of this package, for draws, replicas, \`checkpoint\` and complex numbers: ${own.map((name) => `\`${name}\``).join(", ")}.

## Ops of the intermediate representation
What kernels are recorded as. An op without a lowering fails at compile, naming itself.

${table(heading, ops)}
`
}

const temporary = flags.results === undefined ? mkdtempSync(join(tmpdir(), "effect-estimator-ops-")) : undefined
const folder = flags.results ?? temporary! // one of the two
try {
  const wanted = text(runSuite("reference", folder), runSuite("onnx", folder))
  if (!flags.check) writeFileSync(page, wanted)
  else if (readFileSync(page, "utf8") !== wanted) {
    console.error("docs/ops.md is not what the code and the suite give: run npm run ops:page")
    process.exitCode = 1
  }
} finally {
  if (temporary !== undefined) rmSync(temporary, { recursive: true })
}

/** What is behind a barrier is computed again: neither our lowering nor ONNX Runtime's optimizer merges it with what was there. */
import { assert, it } from "@effect/vitest"
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Builder from "../../../../src/domain/graph/Builder.ts"
import type { Graph } from "../../../../src/domain/graph/Graph.ts"
import { lower } from "../../../../src/layers/device/onnx/lower.ts"
import { openOrt } from "./onOrt.ts"

const ort = openOrt()

/** `sum(exp x)`, and once more `exp x` from `x` as `between` gives it, after the sum. */
const twice = (between: (b: Builder.Builder, x: number, after: number) => number): Graph => {
  const b = Builder.make()
  const x = b.parameter("x", { _tag: "Batch" }, { dtype: "float32", shape: [4, 6] })
  const sum = Builder.reduce(b, "ReduceSum", Builder.unary(b, "Exp", x), [0, 1])
  const again = Builder.unary(b, "Exp", between(b, x, sum))
  b.output("y", { _tag: "Outfeed" }, Builder.binary(b, "Mul", again, Builder.unary(b, "Tanh", again)))
  b.output("sum", { _tag: "Outfeed" }, sum)
  return b.build()
}

/** Names of the kernels that ONNX Runtime ran for the graph, after its own rewrites. */
const kernelsOf = (graph: Graph): ReadonlyArray<string> => {
  const folder = mkdtempSync(join(tmpdir(), "barrier-"))
  try {
    const lowered = lower(
      graph,
      graph.outputs.map(({ node }) => ({ node, predecessor: undefined }))
    )
    const session = ort.session(lowered.bytes, { threads: 1, memoryPattern: false, config: {}, profile: join(folder, "run") })
    const bytes = [...lowered.inputs, ...lowered.outputs].map(({ shape }) => new Uint8Array(4 * shape.reduce((a, n) => a * n, 1)))
    const handles = [...lowered.inputs, ...lowered.outputs].map(({ type, shape }, i) => ort.tensor(type, shape, bytes[i]!))
    const names = (ports: ReadonlyArray<{ readonly name: string }>) => ports.map(({ name }) => name)
    const n = lowered.inputs.length
    ort.runner(
      session,
      names(lowered.inputs),
      names(lowered.outputs)
    )({ inputs: BigUint64Array.from(handles.slice(0, n)), outputs: BigUint64Array.from(handles.slice(n)) })
    assert.strictEqual(bytes.length, handles.length) // the memory is reachable up to here
    for (const handle of handles) ort.releaseTensor(handle)
    ort.releaseSession(session)
    const [file] = readdirSync(folder)
    const events = JSON.parse(readFileSync(join(folder, file!), "utf8")) as ReadonlyArray<{
      readonly name: string
      readonly args?: { readonly op_name?: string }
    }> // ONNX Runtime's trace format
    return events.flatMap(({ name, args }) => (name.endsWith("_kernel_time") && args?.op_name !== undefined ? [args.op_name] : []))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const count = (kernels: ReadonlyArray<string>, op: string) => kernels.filter((name) => name === op).length

it("without a barrier the same value is computed once, with one it is computed again", () => {
  const kept = kernelsOf(twice((_, x) => x))
  assert.strictEqual(count(kept, "Exp"), 1, kept.join())
  const again = kernelsOf(twice((b, x, after) => b.add("Barrier", [x, after], {})))
  assert.strictEqual(count(again, "Exp"), 2, again.join())
})

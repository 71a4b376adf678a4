/** What tests of lowerings have in common. */
import { assert } from "@effect/vitest"
import * as Builder from "../../../src/domain/graph/Builder.ts"
import type { Graph } from "../../../src/domain/graph/Graph.ts"
import { NoRule } from "../../../src/layers/device/hosted/NoRule.ts"
import { f32, i32, numbers } from "../../conformance/opCase.ts"

/** Values that an engine broadcasts by itself, and uses of them that need every element; parameters `x [4, 3]` and `bias [3]`. */
export const broadcasts = (): { readonly graph: Graph; readonly data: ReadonlyArray<Float32Array | Int32Array | Uint8Array> } => {
  const b = Builder.make()
  const x = b.parameter("x", { _tag: "Batch" }, f32(4, 3))
  const bias = b.parameter("bias", { _tag: "Batch" }, f32(3))
  const small = Builder.binary(b, "Mul", Builder.broadcastTo(b, bias, [4, 3]), Builder.fill(b, f32(4, 3), 2))
  b.output("sum", { _tag: "Outfeed" }, Builder.binary(b, "Add", x, small))
  b.output("repeated", { _tag: "Outfeed" }, small)
  b.output("product", { _tag: "Outfeed" }, Builder.matMul(b, small, x, { transposeA: true }))
  const transposed = Builder.transpose(b, Builder.broadcastTo(b, bias, [2, 4, 3]), [2, 0, 1])
  b.output("transposed", { _tag: "Outfeed" }, Builder.reshape(b, transposed, [3, 8]))
  b.output("again", { _tag: "Outfeed" }, x)
  b.output("fill", { _tag: "Outfeed" }, Builder.fill(b, i32(2, 2), 7))
  return { graph: b.build(), data: [numbers(f32(4, 3), 1), numbers(f32(3), 2)] }
}

/** The table without the rule of `Tanh` makes `lower` throw where there is one, and tell which. */
export const assertNamesNode = (rules: { readonly Tanh?: unknown }, lower: (graph: Graph) => unknown): void => {
  const b = Builder.make()
  b.output("y", { _tag: "Outfeed" }, b.add("Tanh", [b.parameter("x", { _tag: "Batch" }, f32(2))], {}, "model.ts:3:7"))
  const table = rules as { Tanh?: unknown } // to be changed for a moment
  const kept = table.Tanh
  let error: unknown
  try {
    delete table.Tanh
    lower(b.build())
  } catch (thrown) {
    error = thrown
  } finally {
    table.Tanh = kept
  }
  assert.instanceOf(error, NoRule)
  assert.deepInclude((error as NoRule).node, { op: "Tanh", source: "model.ts:3:7" })
}

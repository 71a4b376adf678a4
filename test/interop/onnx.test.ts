/** What this package lowers to ONNX is a model to onnxruntime's Python package, too, and gives the reference engine's numbers. */
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Builder from "../../src/domain/graph/Builder.ts"
import { evaluate } from "../../src/domain/graph/Evaluate.ts"
import type { Graph } from "../../src/domain/graph/Graph.ts"
import { lower } from "../../src/layers/device/onnx/lower.ts"
import { ask, patience, temporary, withPeers } from "./peer.ts"

/** A classifier's loss and its largest logit's place: `x [4,3]`, `w [3,5]`, `labels int32[4]`. */
const classifier = (): Graph => {
  const b = Builder.make()
  const x = b.parameter("x", { _tag: "Batch" }, { dtype: "float32", shape: [4, 3] })
  const w = b.parameter("w", { _tag: "State", kind: "variable", trainable: true }, { dtype: "float32", shape: [3, 5] })
  const logits = Builder.unary(b, "Tanh", Builder.matMul(b, x, w))
  b.output("w", { _tag: "State" }, Builder.binary(b, "Mul", w, w))
  b.output("logits", { _tag: "Outfeed" }, logits)
  b.output("sums", { _tag: "Outfeed" }, Builder.reduce(b, "ReduceSum", Builder.unary(b, "Exp", logits), [1]))
  b.output("best", { _tag: "Outfeed" }, b.add("ArgMax", [logits], { axis: 1 }))
  return b.build()
}

withPeers("onnxruntime (Python)", () => {
  it.effect(
    "runs a lowered step",
    () =>
      Effect.gen(function* () {
        const graph = classifier()
        const parameters = [Float32Array.from({ length: 12 }, (_, i) => Math.sin(i)), Float32Array.from({ length: 15 }, (_, i) => Math.cos(i))]
        const { bytes, inputs } = lower(
          graph,
          graph.outputs.map(({ node }) => ({ node, predecessor: undefined }))
        )
        const model = join(yield* temporary, "step.onnx")
        writeFileSync(model, bytes)
        const given = inputs.map(({ shape, source, type }) => [type, shape, [...parameters[source._tag === "Parameter" ? source.parameter : -1]!]])
        const answers = yield* ask<ReadonlyArray<readonly [dtype: string, shape: ReadonlyArray<number>, data: ReadonlyArray<number>]>>(
          "onnxModel.py",
          {
            model,
            inputs: given
          }
        )
        const expected = evaluate(graph, parameters)
        assert.deepStrictEqual(
          answers.map(([dtype, shape]) => [dtype, shape]),
          graph.outputs.map(({ node }) => [graph.nodes[node]!.type.dtype, graph.nodes[node]!.type.shape])
        )
        for (const [i, [, , data]] of answers.entries()) {
          assert.isAbove(data.length, 0)
          for (const [j, value] of data.entries()) assert.approximately(value, expected[i]![j]!, 1e-6)
        }
      }),
    patience
  )
})

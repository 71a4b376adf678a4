import { assert, describe, it } from "@effect/vitest"
import * as Builder from "../../../../src/domain/graph/Builder.ts"
import { evaluate } from "../../../../src/domain/graph/Evaluate.ts"
import type { Graph } from "../../../../src/domain/graph/Graph.ts"
import { type TensorData } from "../../../../src/domain/Tensor.ts"
import type { Addon } from "../../../../src/layers/device/tensorflow/Binding.ts"
import { lower, opNames, rules } from "../../../../src/layers/device/tensorflow/lower.ts"
import { assertClose, f32, i32 } from "../../../conformance/opCase.ts"
import { opSuite } from "../../../conformance/opSuite.ts"
import { assertNamesNode, broadcasts } from "../lowering.ts"
import { withTensorflow } from "./available.ts"
import { onTensorflow, openAddon } from "./onTensorflow.ts"

const evaluation = (open: () => Addon, xla: boolean) => (graph: Graph, data: ReadonlyArray<TensorData>) => onTensorflow(open(), graph, data, xla)

/** Loaded at the first test, not where the tests are only listed. */
const lazily = (file: string) => {
  let addon: Addon | undefined
  return () => (addon ??= openAddon(file))
}

const single = (op: "Gather" | "Max" | "Div", types: ReadonlyArray<ReturnType<typeof f32>>, attrs: object): Graph => {
  const b = Builder.make()
  const inputs = types.map((type, i) => b.parameter(`x${i}`, { _tag: "Batch" }, type))
  b.output("y", { _tag: "Outfeed" }, b.add(op as "Gather", inputs, attrs as { axis: number }, "model.ts:3:7")) // the case's attributes are its op's
  return b.build()
}

withTensorflow("ops of TensorFlow", (file) => {
  const open = lazily(file)
  opSuite("tensorflow", opNames, evaluation(open, false))
  // XLA adds the four elements of a padded mean up in another order
  opSuite("tensorflow with XLA", opNames, evaluation(open, true), {
    together: true,
    tolerance: (c) => (c.op === "AvgPool" ? 2 * c.tolerance : c.tolerance)
  })

  for (const xla of [false, true]) {
    describe(`lowering to TensorFlow${xla ? " with XLA" : ""}`, () => {
      const run = evaluation(open, xla)

      it("says where an index is out of range", () => {
        const graph = single("Gather", [f32(3, 2), i32(2)], { axis: 0 })
        const data = (index: number) => [Float32Array.of(1, 2, 3, 4, 5, 6), Int32Array.of(0, index)]
        assert.deepStrictEqual([...run(graph, data(2))[0]!], [1, 2, 5, 6])
        for (const index of [3, -1])
          assert.throws(() => run(graph, data(index)), xla ? /out of range \(at model.ts:3:7\)/ : new RegExp(`= ${index} is not in \\[0, 3\\)`))
      })

      it("gives NaN where an operand of an extremum is NaN, whichever and wherever in the vector", () => {
        const graph = single("Max", [f32(9), f32(9)], {})
        const a = Float32Array.of(NaN, 1, 2, 3, 4, 5, 6, 7, NaN)
        const b = Float32Array.of(1, NaN, 3, 2, 5, 4, 7, 6, 0)
        assertClose(run(graph, [a, b])[0]!, evaluate(graph, [a, b])[0]!, 0)
      })

      it("survives integer divisions that the processor does not", () => {
        const graph = single("Div", [i32(4), i32(4)], {})
        const data = [Int32Array.of(-2147483648, 7, 0, -9), Int32Array.of(-1, 0, 0, -2)]
        assert.deepStrictEqual(run(graph, data)[0], evaluate(graph, data)[0])
      })

      it("repeats no operand of elementwise ops, and repeats what others need", () => {
        const { data, graph } = broadcasts()
        const expected = evaluate(graph, data)
        run(graph, data).forEach((actual, i) => assertClose(actual, expected[i]!, 1e-5))
        const repeated = lower(graph, xla, (_, node) => (node.type.shape.length === 2 ? "x" : "bias")).nodes.filter(({ op }) => op === "BroadcastTo")
        assert.isAtMost(repeated.length, 3)
      })
    })
  }

  it("releases sessions and tensors", () => {
    assert.strictEqual(open().getNumOfSavedModels(), 0)
    assert.strictEqual(open().getNumOfTensors(), 0)
  })
})

it("names an op without a rule", () => assertNamesNode(rules, (graph) => lower(graph, false, () => "x")))

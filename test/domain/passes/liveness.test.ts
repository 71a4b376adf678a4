import { assert, it } from "@effect/vitest"
import * as Builder from "../../../src/domain/graph/Builder.ts"
import { evaluateNode } from "../../../src/domain/graph/Evaluate.ts"
import type { Graph } from "../../../src/domain/graph/Graph.ts"
import { donatable } from "../../../src/domain/passes/liveness.ts"
import type { Tensor } from "../../../src/domain/Tensor.ts"
import { assertClose, GraphArbitrary, inputsOf } from "./graphs.ts"
import * as Evaluate from "../../../src/domain/graph/Evaluate.ts"

const inPlace = (make: (b: Builder.Builder, p: number, x: number) => number): boolean => {
  const b = Builder.make()
  const p = b.parameter("p", { _tag: "State", kind: "variable", trainable: true }, { dtype: "float32", shape: [2, 2] })
  const x = b.parameter("x", { _tag: "Batch" }, { dtype: "float32", shape: [2, 2] })
  b.output("p", { _tag: "State" }, make(b, p, x))
  return donatable(b.build())[0]!.inPlace
}

it("an update by the leaf's own gradient is in place", () => {
  assert.isTrue(inPlace((b, p, x) => b.add("Sub", [p, Builder.matMul(b, x, p)], {})))
  assert.isTrue(inPlace((b, p, x) => b.add("Add", [Builder.unary(b, "Neg", p), x], {})))
})

it("an update that reads other positions of the leaf is not", () => {
  assert.isFalse(inPlace((b, p, x) => Builder.matMul(b, x, p)))
  assert.isFalse(inPlace((b, p) => b.add("Add", [p, Builder.transpose(b, p, [1, 0])], {})))
})

it("a leaf that something else reads, or that is an output itself, is not overwritten", () => {
  const outfeed = (b: Builder.Builder, node: number) => b.output("seen", { _tag: "Outfeed" }, node)
  assert.isFalse(inPlace((b, p, x) => (outfeed(b, Builder.unary(b, "Exp", p)), b.add("Add", [p, x], {}))))
  assert.isFalse(inPlace((b, p, x) => (outfeed(b, p), b.add("Add", [p, x], {}))))
  assert.isFalse(inPlace((b, p, x) => (outfeed(b, Builder.reshape(b, p, [4])), b.add("Add", [p, x], {}))))
  assert.isFalse(inPlace((_, p) => p))
})

it("a successor that is shown as well has no buffer of its own to give up", () => {
  assert.isFalse(
    inPlace((b, p, x) => {
      const next = b.add("Add", [p, x], {})
      b.output("seen", { _tag: "Outfeed" }, next)
      return next
    })
  )
})

/** Runs the nodes in order, writing each in-place successor over its leaf's elements. */
const runInPlace = (graph: Graph, inputs: ReadonlyArray<Float32Array>) => {
  const writers = new Map(
    donatable(graph)
      .filter((d) => d.inPlace)
      .map((d) => [graph.outputs[d.output]!.node, d.parameter])
  )
  const values: Array<Tensor> = []
  graph.nodes.forEach((node, id) => {
    const operands = node.inputs.map((input) => values[input]!)
    const value = node.op === "Parameter" ? { ...node.type, data: inputs[node.attrs.index]! } : evaluateNode(node, operands, 0)
    const parameter = writers.get(id)
    if (parameter === undefined) values[id] = value
    else {
      inputs[parameter]!.set(value.data)
      values[id] = { ...value, data: inputs[parameter]! }
    }
  })
  return graph.outputs.map((output) => values[output.node]!.data)
}

it.prop(
  "writing in place changes no result",
  [GraphArbitrary],
  ([graph]) => {
    const copy = () => inputsOf(graph).map((data) => data.slice() as Float32Array)
    assertClose(runInPlace(graph, copy()), Evaluate.evaluate(graph, copy()))
  },
  { arbitrary: { runs: 300 } }
)

import { assert, describe, it } from "@effect/vitest"
import * as Builder from "../../../../src/domain/graph/Builder.ts"
import { evaluate } from "../../../../src/domain/graph/Evaluate.ts"
import type { NodeId } from "../../../../src/domain/graph/Graph.ts"
import { lower, opNames, rules } from "../../../../src/layers/device/onnx/lower.ts"
import { assertClose, f32, i32, numbers } from "../../../conformance/opCase.ts"
import { opSuite } from "../../../conformance/opSuite.ts"
import { assertNamesNode, broadcasts } from "../lowering.ts"
import { onOrt, openOrt } from "./onOrt.ts"

const ort = openOrt()

opSuite("onnx", opNames, (graph, data) => onOrt(ort, graph, data))

describe("lowering to ONNX gives the reference's values", () => {
  it("repeats no operand of elementwise ops, and repeats what others need", () => {
    const { data, graph } = broadcasts()
    const expected = evaluate(graph, data)
    onOrt(ort, graph, data).forEach((actual, i) => assertClose(actual, expected[i]!, 1e-5))
  })

  it("joins a product with what is added to it, and sums columns by a product", () => {
    const b = Builder.make()
    const x = b.parameter("x", { _tag: "Batch" }, f32(32, 8))
    const w = b.parameter("w", { _tag: "Batch" }, f32(8, 24))
    const bias = b.parameter("bias", { _tag: "Batch" }, f32(24))
    const product = Builder.matMul(b, x, w)
    const inner = Builder.unary(b, "Relu", Builder.binary(b, "Add", product, bias))
    const shared = Builder.matMul(b, x, w, { transposeA: false, transposeB: false })
    b.output("gate", { _tag: "Outfeed" }, Builder.unary(b, "Sign", inner))
    b.output("columns", { _tag: "Outfeed" }, Builder.reduce(b, "ReduceSum", inner, [0]))
    b.output("kept", { _tag: "Outfeed" }, Builder.reduce(b, "ReduceSum", inner, [0], true))
    const square = Builder.matMul(b, inner, inner, { transposeB: true })
    b.output("twice", { _tag: "Outfeed" }, Builder.binary(b, "Add", square, square))
    b.output(
      "both",
      { _tag: "Outfeed" },
      Builder.binary(b, "Add", Builder.matMul(b, inner, inner, { transposeA: true }), Builder.matMul(b, w, w, { transposeA: true }))
    )
    const graph = b.build()
    assert.strictEqual(shared, product)
    const data = [numbers(f32(32, 8), 1), numbers(f32(8, 24), 2), numbers(f32(24), 3)]
    const expected = evaluate(graph, data)
    onOrt(ort, graph, data).forEach((actual, i) => assertClose(actual, expected[i]!, 1e-5))
  })

  it("leaves out the product that a sum has taken over, and keeps one that others read", () => {
    const gemms = (more: (b: Builder.Builder, product: NodeId) => ReadonlyArray<NodeId>) => {
      const b = Builder.make()
      const [x, w, bias] = [f32(4, 8), f32(8, 6), f32(6)].map((type, i) => b.parameter(`p${i}`, { _tag: "Batch" }, type)) as [NodeId, NodeId, NodeId]
      const product = Builder.matMul(b, x, w)
      const nodes = [Builder.binary(b, "Add", product, bias), ...more(b, product)]
      nodes.forEach((node, i) => b.output(`y${i}`, { _tag: "Outfeed" }, node))
      const { bytes } = lower(
        b.build(),
        nodes.map((node) => ({ node, predecessor: undefined }))
      )
      return new TextDecoder("latin1").decode(bytes).split("Gemm").length - 1
    }
    assert.strictEqual(
      gemms(() => []),
      1
    )
    assert.strictEqual(
      gemms((b, product) => [Builder.unary(b, "Tanh", product)]),
      1
    )
    assert.strictEqual(
      gemms((b) => [Builder.matMul(b, b.parameter("u", { _tag: "Batch" }, f32(4, 8)), b.parameter("v", { _tag: "Batch" }, f32(8, 6)))]),
      2
    )
  })

  it("gives the same sums of repeated ids every time with two threads", () => {
    const b = Builder.make()
    const x = b.parameter("x", { _tag: "Batch" }, f32(512, 64))
    const id = b.parameter("id", { _tag: "Batch" }, i32(512))
    for (const numSegments of [8, 20_000] as const) b.output(`${numSegments}`, { _tag: "Outfeed" }, b.add("SegmentSum", [x, id], { numSegments }))
    const graph = b.build()
    const data = [numbers(f32(512, 64), 1), Int32Array.from({ length: 512 }, (_, i) => (i * i) % 5)]
    const expected = evaluate(graph, data)
    for (let i = 0; i < 10; i++) onOrt(ort, graph, data, 2).forEach((actual, k) => assertClose(actual, expected[k]!, 1e-4))
  })

  it("writes state in place where every other reader has gone before, and only there", () => {
    const inPlace = (next: (b: Builder.Builder, w: NodeId, x: NodeId) => NodeId, more?: (b: Builder.Builder, w: NodeId) => NodeId) => {
      const b = Builder.make()
      const w = b.parameter("w", { _tag: "State", kind: "variable", trainable: true }, f32(4, 4))
      const x = b.parameter("x", { _tag: "Batch" }, f32(4, 4))
      const wanted = [{ node: next(b, w, x), predecessor: w }, ...(more === undefined ? [] : [{ node: more(b, w), predecessor: undefined }])]
      for (const [i, { node }] of wanted.entries()) b.output(`${i}`, { _tag: "Outfeed" }, node)
      return lower(b.build(), wanted)
    }
    const half = (b: Builder.Builder, x: NodeId) => Builder.binary(b, "Mul", x, Builder.scalar(b, "float32", 0.5))
    const sgd = (b: Builder.Builder, w: NodeId, x: NodeId) => b.add("Sub", [w, half(b, Builder.unary(b, "Tanh", Builder.matMul(b, x, w)))], {})
    assert.isTrue(inPlace(sgd).outputs[0]!.inPlace)
    assert.isFalse(inPlace(sgd, (b, w) => Builder.unary(b, "Exp", w)).outputs[0]!.inPlace, "another reader may come later")
    assert.isFalse(inPlace(sgd, (_, w) => w).outputs[0]!.inPlace, "the old value leaves the device")
    assert.isFalse(inPlace((b, w, x) => b.add("Sub", [w, Builder.matMul(b, w, x)], {})).outputs[0]!.inPlace, "the engine may fuse the two")
    assert.isFalse(
      inPlace((b, w) => b.add("Add", [w, Builder.transpose(b, w, [1, 0])], {})).outputs[0]!.inPlace,
      "reads other elements than it writes"
    )
    assert.isTrue(inPlace((b, _, x) => half(b, x)).outputs[0]!.inPlace, "nobody reads the old value")
    assert.deepStrictEqual(inPlace((_, w) => w).outputs, [], "stays as it is")
  })

  it("names the engine's nodes by the graph's, for profiles", () => {
    const b = Builder.make()
    const x = b.parameter("x", { _tag: "Batch" }, f32(2, 8))
    const node = Builder.unary(b, "Log1p", x)
    b.output("y", { _tag: "Outfeed" }, node)
    const text = new TextDecoder("latin1").decode(lower(b.build(), [{ node, predecessor: undefined }]).bytes)
    const names = [...text.matchAll(/Log1p\.\d+\.v\d+/g)].map(([name]) => name)
    assert.isAbove(names.length, 5, "one for each node of the composition")
    assert.strictEqual(new Set(names).size, names.length, "ONNX Runtime refuses a model with equal names")
    assert.isTrue(names.every((name) => name.startsWith(`Log1p.${node}.`)))
  })

  it("names an op without a rule", () => assertNamesNode(rules, (graph) => lower(graph, [{ node: graph.outputs[0]!.node, predecessor: undefined }])))

  it("releases every native handle", () => assert.strictEqual(ort.handles, 2))
})

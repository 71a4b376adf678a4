import { assert, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Builder from "../../../src/domain/graph/Builder.ts"
import type { Graph, Node } from "../../../src/domain/graph/Graph.ts"
import { GraphError } from "../../../src/domain/graph/GraphError.ts"
import { opTable } from "../../../src/domain/graph/opTable.ts"
import { type GraphKind, verify } from "../../../src/domain/graph/verify.ts"
import type { TensorType } from "../../../src/domain/Tensor.ts"

const f = (...shape: ReadonlyArray<number>): TensorType => ({ dtype: "float32", shape })
const i = (...shape: ReadonlyArray<number>): TensorType => ({ dtype: "int32", shape })

const thrown = (body: () => unknown): GraphError => {
  try {
    body()
  } catch (error) {
    if (error instanceof GraphError) return error
  }
  return assert.fail("no GraphError was thrown")
}

it("gives the same node for the same op, attributes and operands", () => {
  const b = Builder.make()
  const x = b.parameter("x", { _tag: "Batch" }, f(2, 3))
  assert.strictEqual(Builder.unary(b, "Exp", x, "a.ts:1:1"), Builder.unary(b, "Exp", x, "b.ts:2:2"))
  assert.strictEqual(b.nodeOf(Builder.unary(b, "Exp", x)).source, "a.ts:1:1")
  assert.strictEqual(Builder.reduce(b, "ReduceSum", x, [1, 0, 1]), b.add("ReduceSum", [x], { axes: [0, 1], keepDims: false }))
  assert.notStrictEqual(Builder.reduce(b, "ReduceSum", x, [0]), Builder.reduce(b, "ReduceSum", x, [1]))
  const constant = (...values: ReadonlyArray<number>) => Builder.constant(b, Float32Array.from(values), [values.length])
  assert.strictEqual(constant(1, 2), constant(1, 2))
  assert.notStrictEqual(constant(1, 2), constant(1, 3))
  assert.notStrictEqual(constant(0, 1), constant(-0, 1))
  assert.notStrictEqual(constant(1, 2), Builder.constant(b, Int32Array.of(1, 2), [2]))
})

it("writes a constant of one value as a Fill", () => {
  const b = Builder.make()
  const nodeOf = (data: Float32Array | Int32Array | Uint8Array) => b.nodeOf(Builder.constant(b, data, [data.length]))
  assert.deepStrictEqual(nodeOf(Float32Array.of(0.1, 0.1)).attrs, { dtype: "float32", shape: [2], value: Math.fround(0.1) })
  assert.deepStrictEqual(nodeOf(Float32Array.of(NaN, NaN)).attrs, { dtype: "float32", shape: [2], value: NaN })
  assert.strictEqual(nodeOf(Float32Array.of(0, -0)).op, "Constant")
  assert.strictEqual(nodeOf(Uint8Array.of(1, 1)).op, "Fill")
  assert.strictEqual(Builder.scalar(b, "float32", 0.1), Builder.scalar(b, "float32", Math.fround(0.1)))
})

it("broadcasts operands with nodes that say so", () => {
  const b = Builder.make()
  const x = b.parameter("x", { _tag: "Batch" }, f(2, 1))
  const y = b.parameter("y", { _tag: "Batch" }, f(3))
  const sum = Builder.binary(b, "Add", x, y)
  assert.deepStrictEqual(b.typeOf(sum), f(2, 3))
  assert.deepStrictEqual(
    b.nodeOf(sum).inputs.map((input) => b.nodeOf(input).op),
    ["Broadcast", "Broadcast"]
  )
  const error = thrown(() => Builder.binary(b, "Add", y, b.parameter("z", { _tag: "Batch" }, f(2)), "m.ts:1:2"))
  assert.strictEqual(error.message, "Add: expected shapes that broadcast, got f32[3], f32[2] (at m.ts:1:2)")
})

it("refuses with op, detail and source", () => {
  const b = Builder.make()
  const x = b.parameter("x", { _tag: "Batch" }, i(3))
  const error = thrown(() => Builder.unary(b, "Exp", x, "m.ts:4:2"))
  assert.deepStrictEqual(
    { ...error },
    { ...new GraphError({ op: "Exp", detail: "expected float32 for the operand, got i32[3]", source: "m.ts:4:2" }) }
  )
  assert.include(thrown(() => b.parameter("x", { _tag: "Batch" }, f())).message, `the name "x" is taken`)
  assert.include(thrown(() => Builder.unary(b, "Neg", 9)).message, "there is no node %9")
  const computed = Builder.binary(b, "Add", x, Builder.scalar(b, "int32", 1))
  assert.include(thrown(() => b.add("RandomUniform", [computed], { shape: [], draw: 0 })).message, "the random key parameter itself")
})

const stepGraph = (): Graph => {
  const b = Builder.make()
  const w = b.parameter("w", { _tag: "State", kind: "variable", trainable: true }, f(2))
  const key = b.parameter("random_key", { _tag: "State", kind: "random", trainable: false }, i(3))
  const drawn = b.add("RandomUniform", [key], { shape: [2], draw: 0 })
  b.output("w", { _tag: "State" }, Builder.binary(b, "Add", w, drawn))
  b.output("random_key", { _tag: "State" }, key)
  b.output("loss", { _tag: "Loss" }, Builder.reduce(b, "ReduceSum", w, [0]))
  return b.build()
}

const fault = (graph: Graph, kind?: GraphKind) => Result.match(verify(graph, kind), { onSuccess: () => "none", onFailure: (error) => error.detail })

const withNode = (graph: Graph, id: number, change: Partial<Node>): Graph => ({
  ...graph,
  nodes: graph.nodes.map((node, n) => (n === id ? ({ ...node, ...change } as Node) : node)) // on purpose not of one op
})

it("finds what is wrong with a graph", () => {
  const graph = stepGraph()
  const [w, key, loss] = graph.outputs
  const withOutputs = (...outputs: Graph["outputs"]): Graph => ({ ...graph, outputs })
  assert.strictEqual(fault(graph), "none")
  assert.strictEqual(fault(withNode(graph, 3, { inputs: [0, 4] })), "%3 uses %4, which does not come before it")
  assert.strictEqual(fault(withNode(graph, 3, { type: f(3) })), "%3 says f32[3], its type rule gives f32[2]")
  assert.strictEqual(fault(withNode(graph, 3, { op: "And" })), "%3: expected bool for the operands, got f32[2]")
  assert.strictEqual(fault(withOutputs(key!, loss!)), `state leaf "w" has no successor`)
  assert.strictEqual(fault(withOutputs(w!, w!, key!)), `two State outputs are named "w"`)
  assert.strictEqual(fault(withOutputs({ ...w!, node: loss!.node }, key!)), `the successor of "w" is f32[], expected f32[2]`)
  assert.strictEqual(fault(withOutputs(w!, key!, { ...w!, name: "v" })), `there is no state leaf "v" for the successor`)
  assert.strictEqual(fault(withOutputs(w!, key!, loss!, { ...loss!, name: "other" })), "there are two losses")
  assert.strictEqual(fault(withOutputs(w!, key!, { ...loss!, node: w!.node })), "expected f32[] for the loss, got f32[2]")
  assert.strictEqual(fault({ ...graph, parameters: graph.parameters.slice(0, 1) }), "%1 is not the node of parameter 1")
  const renamed = graph.parameters.map((p) => ({ ...p, name: "w" }))
  assert.strictEqual(fault({ ...graph, parameters: renamed }), `two parameters are named "w"`)
  const asBatch = graph.parameters.map((p) => ({ ...p, role: { _tag: "Batch" as const } }))
  assert.strictEqual(fault({ ...graph, parameters: asBatch }), "%2 draws from %1, which is not the random key parameter")
  assert.strictEqual(fault(graph, "init"), `an init graph takes the random key only, not "w"`)
})

it("lists every op once, in a group", () => {
  assert.strictEqual(new Set(opTable.map((entry) => entry.op)).size, opTable.length)
  assert.isAbove(opTable.length, 90)
  assert.isTrue(opTable.every((entry) => entry.evaluate))
  assert.deepStrictEqual(
    opTable.find((entry) => entry.op === "Softmax"),
    { op: "Softmax", group: "reduce", attributes: [], evaluate: true, composite: true }
  )
})

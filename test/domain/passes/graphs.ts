/** Random well-formed graphs for the passes' properties, and how their results are compared. */
import { assert } from "@effect/vitest"
import { Result } from "effect"
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import * as Builder from "../../../src/domain/graph/Builder.ts"
import { evaluate } from "../../../src/domain/graph/Evaluate.ts"
import type { Graph, NodeId } from "../../../src/domain/graph/Graph.ts"
import { print } from "../../../src/domain/graph/print.ts"
import { verify } from "../../../src/domain/graph/verify.ts"
import type { Pass } from "../../../src/domain/passes/rebuild.ts"

import { allocate, sizeOf, type Shape, type TensorData } from "../../../src/domain/Tensor.ts"
import { idioms } from "./idioms.ts"

const Number = Schema.Int.pipe(Schema.check(Schema.isBetween({ minimum: 0, maximum: 9_999 })))
const Choice = Schema.Struct({ op: Number, a: Number, b: Number, c: Number })
export type Choice = typeof Choice.Type

/** Adds something made of two nodes, if it can be. */
export type Step = (b: Builder.Builder, x: NodeId, y: NodeId, choice: Choice) => NodeId | undefined

const shapeOf = (b: Builder.Builder, x: NodeId) => b.typeOf(x).shape
const pick = <A>(from: ReadonlyArray<A>, n: number): A => from[n % from.length]!
const literals = [0, 1, -1, 2, 0.5, 3, -4, 0.1]

const both = (b: Builder.Builder, x: NodeId, y: NodeId) => Builder.broadcastShapes(shapeOf(b, x), shapeOf(b, y)) !== undefined
const binary =
  (op: "Add" | "Sub" | "Mul" | "Max" | "Min"): Step =>
  (b, x, y) =>
    both(b, x, y) ? Builder.binary(b, op, x, y) : undefined
const unary =
  (op: "Neg" | "Abs" | "Relu" | "Tanh" | "Sign"): Step =>
  (b, x) =>
    Builder.unary(b, op, x)
const withLiteral =
  (op: "Add" | "Sub" | "Mul" | "Div" | "Pow"): Step =>
  (b, x, _, { c }) => {
    const value = op === "Pow" ? pick([1, 2], c) : op === "Div" ? pick([1, -1, 2, 4, 3], c) : pick(literals, c)
    return Builder.binary(b, op, x, literal(b, x, value, c))
  }
/** As one value repeated, and as a literal of the shape: passes by themselves see through the latter only. */
const literal = (b: Builder.Builder, x: NodeId, value: number, c: number) =>
  (c >> 4) % 3 === 0 ? Builder.scalar(b, "float32", value) : Builder.fill(b, b.typeOf(x), value)
const literalFirst: Step = (b, x, _, { c }) => Builder.binary(b, pick(["Add", "Sub", "Mul"] as const, c), literal(b, x, pick(literals, c >> 2), c), x)
const select: Step = (b, x, y, { c }) => {
  if (!both(b, x, y)) return undefined
  const condition = Builder.binary(b, pick(["Greater", "LessEqual", "Equal"] as const, c), x, y)
  return Builder.select(b, c % 2 === 0 ? condition : b.add("Not", [condition], {}), x, y)
}
const mask: Step = (b, x) => Builder.cast(b, Builder.binary(b, "Greater", x, Builder.scalar(b, "float32", 0)), "float32")
const reshape: Step = (b, x, _, { c }) => {
  const shape = shapeOf(b, x)
  const i = shape.length === 0 ? 0 : c % shape.length
  const options: ReadonlyArray<Shape> = [
    [sizeOf(shape)],
    [1, ...shape],
    [...shape.slice(0, i), 1, ...shape.slice(i)],
    shape.filter((d) => d !== 1),
    shape.length < 2 ? shape : [shape[0]! * shape[1]!, ...shape.slice(2)],
    shape.length < 1 || shape[0]! % 2 !== 0 ? shape : [2, shape[0]! / 2, ...shape.slice(1)]
  ]
  return Builder.reshape(b, x, pick(options, c >> 2))
}
const transpose: Step = (b, x, _, { c }) => {
  const axes = shapeOf(b, x).map((_, i) => i)
  return Builder.transpose(b, x, c % 2 === 0 ? axes.reverse() : [...axes.slice(0, -2), ...axes.slice(-2).reverse()])
}
const broadcast: Step = (b, x, _, { c }) => b.add("Broadcast", [x], { shape: [2, ...shapeOf(b, x).map((d) => (d === 1 ? 1 + (c % 3) : d))] })
const slice: Step = (b, x, _, { c }) => {
  const shape = shapeOf(b, x)
  const axis = shape.length === 0 ? 0 : c % shape.length
  const begin = shape.map((d, i) => (i === axis && d > 1 ? (c >> 2) % (d - 1) : 0))
  return b.add("Slice", [x], {
    begin,
    size: shape.map((d, i) => (i === axis ? Math.max(1, d - begin[i]! - ((c >> 3) % 2)) : d)),
    strides: shape.map(() => 1)
  })
}
const pad: Step = (b, x, _, { c }) =>
  b.add("Pad", [x], {
    paddings: shapeOf(b, x).map((_, i) => (i === c % shapeOf(b, x).length ? [(c >> 1) % 3, (c >> 3) % 2] : [0, 0])),
    value: (c >> 4) % 2
  })
const concat: Step = (b, x, y, { c }) => {
  const shape = shapeOf(b, x)
  if (shape.length === 0) return undefined
  const axis = c % shape.length
  const fits = shapeOf(b, y).length === shape.length && shape.every((d, i) => i === axis || d === shapeOf(b, y)[i])
  return b.add("Concat", fits ? [x, y] : [x, x], { axis })
}
const reduce: Step = (b, x, _, { c }) => {
  const axes = shapeOf(b, x).flatMap((_, i) => ((c >> i) % 2 === 1 ? [i] : []))
  return Builder.reduce(b, pick(["ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin"] as const, c >> 3), x, axes, c % 2 === 0)
}
const matMul: Step = (b, x, y, { c }) => {
  const [s, t] = [shapeOf(b, x), shapeOf(b, y)]
  if (s.length < 2) return undefined
  if (s.length === t.length && s.at(-1) === t.at(-2) && both2(s, t)) return Builder.matMul(b, x, y)
  if (s.length === t.length && s.at(-2) === t.at(-2) && both2(s, t)) return Builder.matMul(b, x, y, { transposeA: true })
  return c % 2 === 0 ? Builder.matMul(b, x, x, { transposeB: true }) : Builder.matMul(b, x, x, { transposeA: true })
}
const both2 = (s: Shape, t: Shape) => Builder.broadcastShapes(s.slice(0, -2), t.slice(0, -2)) !== undefined
const crossReplicaSum: Step = (b, x) => b.add("CrossReplicaSum", [x], {})
const noise: Step = (b, _x, _y, { c }) => b.add("RandomUniform", [0], { shape: [3], draw: c % 2 })
const replica: Step = (b) => Builder.cast(b, b.add("ReplicaId", [], {}), "float32")

const steps: ReadonlyArray<Step> = [
  binary("Add"),
  binary("Sub"),
  binary("Mul"),
  binary("Max"),
  binary("Min"),
  unary("Neg"),
  unary("Abs"),
  unary("Relu"),
  unary("Tanh"),
  unary("Sign"),
  withLiteral("Add"),
  withLiteral("Sub"),
  withLiteral("Mul"),
  withLiteral("Div"),
  withLiteral("Pow"),
  literalFirst,
  select,
  mask,
  reshape,
  reshape,
  transpose,
  transpose,
  broadcast,
  slice,
  slice,
  pad,
  concat,
  reduce,
  reduce,
  matMul,
  matMul,
  ...idioms
]
const replicaSteps: ReadonlyArray<Step> = [...steps, crossReplicaSum, crossReplicaSum, crossReplicaSum, noise, noise, replica]

const shapes: ReadonlyArray<Shape> = [[2, 3], [3], [2, 3, 4], [], [4, 3], [1, 2, 3]]

const graphOf =
  (table: ReadonlyArray<Step>) =>
  (choices: ReadonlyArray<Choice>): Graph => {
    const b = Builder.make()
    const key = b.parameter("random_key", { _tag: "State", kind: "random", trainable: false }, { dtype: "int32", shape: [3] })
    const state = { _tag: "State", kind: "variable", trainable: true } as const
    const cache = { _tag: "State", kind: "cache", trainable: false } as const
    const nodes: Array<NodeId> = shapes.map((shape, i) =>
      b.parameter(`p${i}`, i < 2 ? { _tag: "Batch" } : i === 2 ? cache : state, { dtype: "float32", shape })
    )
    for (const choice of choices) {
      // later nodes are likelier, so that chains grow
      const operand = (n: number) => nodes[nodes.length - 1 - (n % Math.min(nodes.length, 8))]!
      const added = pick(table, choice.op)(b, operand(choice.a), operand(choice.b), choice)
      if (added !== undefined && sizeOf(shapeOf(b, added)) <= 200) nodes.push(added)
    }
    b.output("random_key", { _tag: "State" }, key)
    shapes.forEach((shape, i) => {
      if (i < 2) return
      // a successor of the leaf's own shape: any node that happens to have it, the newest first
      const successor = nodes.findLast((x) => shapeOf(b, x).length === shape.length && shapeOf(b, x).every((d, axis) => d === shape[axis]))!
      b.output(`p${i}`, { _tag: "State" }, successor)
    })
    const scalar = nodes.findLast((x) => shapeOf(b, x).length === 0)!
    b.output("loss", { _tag: "Loss" }, scalar)
    nodes.slice(-3).forEach((x, i) => b.output(`o${i}`, { _tag: "Outfeed" }, x))
    return b.build()
  }

const choices = Arbitrary.array(Arbitrary.schema(Choice), { minLength: 6, maxLength: 30 })

/** Graphs whose ops stay finite for operands in [-1, 1] (or nearly: see `assertSame`). */
export const GraphArbitrary = choices.pipe(Arbitrary.map(graphOf(steps)))
/** The same with collectives, random draws and the replica's number. */
export const ReplicatedArbitrary = choices.pipe(Arbitrary.map(graphOf(replicaSteps)))

/** Data for every parameter, in (-1, 1), not multiples of anything; zeros too. */
export const inputsOf = (graph: Graph, seed = 0): Array<TensorData> =>
  graph.parameters.map((p, index) => {
    const { dtype, shape } = graph.nodes[p.node]!.type
    const data = allocate(dtype, sizeOf(shape))
    for (let i = 0; i < data.length; i++) {
      const value = Math.sin(seed * 7.7 + index * 3.3 + i * 1.7)
      data[i] = dtype === "float32" ? ((index + i) % 7 === 3 ? 0 : value) : (index + i) % 3
    }
    return data
  })

/** Equal element by element; zeros of both signs are equal, and with a tolerance so are values that close to each other. */
export const assertClose = (actual: ReadonlyArray<TensorData>, expected: ReadonlyArray<TensorData>, tolerance = 0): void => {
  assert.strictEqual(actual.length, expected.length)
  actual.forEach((data, k) => {
    assert.strictEqual(data.length, expected[k]!.length)
    data.forEach((x: number, i: number) => {
      const y = expected[k]![i]!
      const close = Object.is(x, y) || x === y || Math.abs(x - y) <= tolerance * Math.max(1, Math.abs(x), Math.abs(y))
      if (!close) assert.fail(`output ${k}, element ${i}: ${x} instead of ${y}`)
    })
  })
}

/** The three things every pass must keep: well-formedness, the interface, the meaning. */
export const assertKeeps = (pass: Pass, graph: Graph, tolerance = 0): void => {
  const after = pass(graph)
  const verdict = verify(after)
  if (Result.isFailure(verdict)) assert.fail(verdict.failure.message)
  const interfaceOf = (g: Graph) => [
    g.parameters.map(({ name, role, node }) => ({ name, role, type: g.nodes[node]!.type })),
    g.outputs.map(({ name, role, node }) => ({ name, role, type: g.nodes[node]!.type }))
  ]
  assert.deepStrictEqual(interfaceOf(after), interfaceOf(graph))
  const inputs = inputsOf(graph)
  const expected = evaluate(graph, inputs)
  // zero times infinity is where rewrites may differ
  if (!expected.every((data) => data.every((x: number) => Math.abs(x) < 1e30))) return
  assertClose(evaluate(after, inputs), expected, tolerance)
}

const scalarState = { _tag: "State", kind: "variable", trainable: true } as const

/** A graph with the given float32 parameters (variables that keep their value) and one outfeed for each node that `make` gives. */
export const graphWith = (
  parameters: { readonly [name: string]: Shape },
  make: (b: Builder.Builder, p: { readonly [name: string]: NodeId }) => ReadonlyArray<NodeId>
): Graph => {
  const b = Builder.make()
  const nodes = Object.fromEntries(
    Object.entries(parameters).map(([name, shape]) => [name, b.parameter(name, { _tag: "Batch" }, { dtype: "float32", shape })])
  )
  make(b, nodes).forEach((node, i) => b.output(`o${i}`, { _tag: "Outfeed" }, node))
  return b.build()
}

/** A variable, for the graphs of `graphWith` that need one. */
export const variable = (b: Builder.Builder, name: string, shape: Shape): NodeId => b.parameter(name, scalarState, { dtype: "float32", shape })

/** `graph` after `pass`, as text. */
export const after = (pass: Pass, graph: Graph): string => `\n${print(pass(graph), { sources: false })}\n`

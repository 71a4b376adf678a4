/** Generated graphs for property tests: choices become a well-formed graph, so that shrinking keeps it well formed. */
import * as Schema from "effect/Schema"
import * as Arbitrary from "effect/Arbitrary"
import * as Builder from "../../../src/domain/graph/Builder.ts"
import type { Graph, NodeId } from "../../../src/domain/graph/Graph.ts"
import { binaryOps, compareOps, reduceOps, unaryOps } from "../../../src/domain/graph/ops.ts"
import { allocate, type DType, sizeOf, type TensorData, type TensorType } from "../../../src/domain/Tensor.ts"

export interface Choice {
  readonly kind: number
  readonly a: number
  readonly b: number
  readonly c: number
}

const Choice = Schema.Struct({ kind: Schema.Natural, a: Schema.Natural, b: Schema.Natural, c: Schema.Natural })

const float = (shape: ReadonlyArray<number>): TensorType => ({ dtype: "float32", shape })

/** Lists of choices; `fromChoices` makes graphs of them. */
export const choices = Arbitrary.array(Arbitrary.schema(Choice), { minLength: 1, maxLength: 24 })

type Step = (b: Builder.Builder, nodes: ReadonlyArray<NodeId>, choice: Choice) => NodeId | undefined

/** The `n`-th node (modulo) of those that the condition holds for. */
const pick = (b: Builder.Builder, nodes: ReadonlyArray<NodeId>, n: number, holds: (type: TensorType) => boolean): NodeId | undefined => {
  const fitting = nodes.filter((node) => holds(b.typeOf(node)))
  return fitting.length === 0 ? undefined : fitting[n % fitting.length]
}

const dtype =
  (...dtypes: ReadonlyArray<DType>) =>
  (type: TensorType) =>
    dtypes.includes(type.dtype)
const numeric = dtype("float32", "int32")
const withAxis = (type: TensorType) => numeric(type) && type.shape.length > 0 && sizeOf(type.shape) > 0

const pair = (b: Builder.Builder, nodes: ReadonlyArray<NodeId>, { a, b: other }: Choice, holds: (type: TensorType) => boolean) => {
  const x = pick(b, nodes, a, holds)
  if (x === undefined) return undefined
  const y = pick(b, nodes, other, (t) => t.dtype === b.typeOf(x).dtype && Builder.broadcastShapes(t.shape, b.typeOf(x).shape) !== undefined)
  return y === undefined ? undefined : ([x, y] as const)
}

const one =
  (holds: (type: TensorType) => boolean, step: (b: Builder.Builder, x: NodeId, type: TensorType, choice: Choice) => NodeId): Step =>
  (b, nodes, choice) => {
    const x = pick(b, nodes, choice.a, holds)
    return x === undefined ? undefined : step(b, x, b.typeOf(x), choice)
  }

const steps: ReadonlyArray<Step> = [
  one(dtype("float32"), (b, x, _, { c }) => Builder.unary(b, unaryOps[c % unaryOps.length]!, x, `model.ts:${c}:1`)),
  (b, nodes, choice) => {
    const xy = pair(b, nodes, choice, numeric)
    const op = binaryOps.filter((name) => name !== "Atan2")[choice.c % (binaryOps.length - 1)]!
    return xy === undefined ? undefined : Builder.binary(b, op, xy[0], xy[1])
  },
  (b, nodes, choice) => {
    const xy = pair(b, nodes, choice, numeric)
    if (xy === undefined) return undefined
    return Builder.select(b, Builder.binary(b, compareOps[choice.c % compareOps.length]!, xy[0], xy[1]), xy[1], xy[0])
  },
  one(withAxis, (b, x, type, { b: bits, c }) => {
    const axes = type.shape.map((_, i) => i).filter((i) => ((bits >> i) & 1) === 1)
    const op = reduceOps.slice(0, type.dtype === "float32" ? 5 : 1)[c % (type.dtype === "float32" ? 5 : 1)]!
    return Builder.reduce(b, op, x, axes, c % 2 === 0)
  }),
  one(withAxis, (b, x, type, { b: bits }) => b.add("Transpose", [x], { perm: type.shape.map((_, i) => (i + bits) % type.shape.length) })),
  one(withAxis, (b, x, type) => b.add("Reshape", [x], { shape: [sizeOf(type.shape)] })),
  one(
    (t) => t.dtype === "float32" && t.shape.length >= 2,
    (b, x, _, { c }) => (c % 2 === 0 ? Builder.matMul(b, x, x, { transposeA: true }) : Builder.matMul(b, x, x, { transposeB: true }))
  ),
  one(withAxis, (b, x, type, { b: bits, c }) => {
    const begin = type.shape.map((d, i) => (bits + i) % d)
    const strides = type.shape.map((_, i) => 1 + ((c + i) % 2))
    return b.add("Slice", [x], { begin, strides, size: type.shape.map((d, i) => Math.ceil((d - begin[i]!) / strides[i]!)) })
  }),
  one(withAxis, (b, x, type, { c }) => b.add("Pad", [x], { paddings: type.shape.map((_, i) => [c % 2, i % 2] as const), value: c % 3 })),
  one(withAxis, (b, x, type, { c }) => b.add("Concat", [x, x], { axis: c % type.shape.length })),
  one(withAxis, (b, x, type, { c }) => b.add("Reverse", [x], { axes: [c % type.shape.length] })),
  one(withAxis, (b, x, type, { c }) => b.add("CumSum", [x], { axis: c % type.shape.length, exclusive: c % 2 === 0, reverse: c % 3 === 0 })),
  one(
    (t) => t.dtype === "float32" && t.shape.length > 0,
    (b, x, _, { c }) => b.add(c % 2 === 0 ? "Softmax" : "LogSoftmax", [x], {})
  ),
  one(withAxis, (b, x, type, { c }) => b.add("ArgMax", [x], { axis: c % type.shape.length })),
  one(
    (t) => t.dtype === "int32" && sizeOf(t.shape) < 64,
    (b, x, _, { c }) => b.add("OneHot", [x], { depth: 1 + (c % 4), onValue: 1, offValue: 0, dtype: "float32" })
  ),
  one(numeric, (b, x, type) => Builder.cast(b, Builder.cast(b, x, "bool"), type.dtype)),
  one(withAxis, (b, x, type, { c }) => {
    const axis = c % type.shape.length
    return b.add("Gather", [x, b.add("Iota", [], { dtype: "int32", shape: [type.shape[axis]!], axis: 0 })], { axis })
  }),
  one(withAxis, (b, x, type) =>
    b.add("SegmentSum", [x, b.add("Iota", [], { dtype: "int32", shape: [type.shape[0]!], axis: 0 })], { numSegments: type.shape[0]! })
  ),
  (b, nodes, { c }) => b.add("RandomUniform", [nodes[nodes.length - 1]!], { shape: [2, 3], draw: c % 3 }),
  (b, _, { a, c }) => Builder.constant(b, Float32Array.of(a, -0, c / 7, NaN, Infinity, 1e-40), [2, 3], `odd "name" \\ é.ts:1:1`),
  (b, _, { a }) =>
    Builder.constant(
      b,
      Float32Array.from({ length: 30 }, (_, i) => Math.fround((a + i) / 3)),
      [5, 6]
    )
]

/** Values stay below this many elements. */
const limit = 400

/** A step graph with a state leaf, its random key, two batch leaves, and an outfeed for every value. */
export const fromChoices = (list: ReadonlyArray<Choice>): Graph => {
  const b = Builder.make()
  const w = b.parameter("w", { _tag: "State", kind: "variable", trainable: true }, float([3, 2]))
  const x = b.parameter("features/x", { _tag: "Batch" }, float([2, 3]))
  const i = b.parameter("labels", { _tag: "Batch" }, { dtype: "int32", shape: [4] })
  const key = b.parameter("random_key", { _tag: "State", kind: "random", trainable: false }, { dtype: "int32", shape: [3] })
  const nodes = [w, x, i]
  for (const choice of list) {
    const step = steps[choice.kind % steps.length]!
    const node = step(b, [...nodes, key], choice)
    if (node !== undefined && sizeOf(b.typeOf(node).shape) <= limit && !nodes.includes(node)) nodes.push(node)
  }
  b.output("w", { _tag: "State" }, w)
  b.output("random_key", { _tag: "State" }, key)
  nodes.forEach((node, n) => b.output(`y${n}`, { _tag: "Outfeed" }, node))
  return b.build()
}

/** Values for each parameter, from -2 to 2 in uneven steps. */
export const parameterValues = (graph: Graph): ReadonlyArray<TensorData> =>
  graph.parameters.map(({ node }) => {
    const { dtype: of, shape } = graph.nodes[node]!.type
    const data = allocate(of, sizeOf(shape))
    for (let i = 0; i < data.length; i++) data[i] = of === "bool" ? i % 2 : of === "int32" ? (i * 3) % 5 : (((i + node) * 7) % 9) / 2 - 2
    return data
  })

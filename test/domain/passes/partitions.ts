/** Graphs on images for the partition pass, and the check that a cut graph is the uncut one. */
import { assert } from "@effect/vitest"
import { Result } from "effect"
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import * as Builder from "../../../src/domain/graph/Builder.ts"
import { evaluate } from "../../../src/domain/graph/Evaluate.ts"
import type { Graph, NodeId } from "../../../src/domain/graph/Graph.ts"
import { type OpName, type Padding2d, reduceOps } from "../../../src/domain/graph/ops.ts"
import { windowPositions } from "../../../src/domain/graph/windowTypeRules.ts"
import { verify } from "../../../src/domain/graph/verify.ts"
import { partition } from "../../../src/domain/passes/partition/partition.ts"
import type { Report } from "../../../src/domain/passes/partition/Report.ts"
import { allocate, type Shape, sizeOf, type TensorData } from "../../../src/domain/Tensor.ts"
import { assertClose, inputsOf } from "./graphs.ts"

export type DimsOf = { readonly [leaf: string]: ReadonlyArray<number> }

/** Small whole numbers of both signs: sums of their products are exact. */
export const wholeNumbers = (graph: Graph): Array<TensorData> =>
  graph.parameters.map((p, index) => {
    const { dtype, shape } = graph.nodes[p.node]!.type
    return allocate(dtype, sizeOf(shape)).map((_: number, i: number) => ((index * 5 + i * 7) % 11) % (dtype === "float32" ? 7 : 3)) as TensorData
  })

/** Cuts, and checks what must hold: well formed, the same interface, the same values. */
export const assertCut = (
  graph: Graph,
  dims: DimsOf,
  cores: number,
  { exact = true, tolerance = 2e-5 } = {}
): Graph & { readonly report: Report } => {
  const { graph: cut, report } = partition(graph, { cores, dims: new Map(Object.entries(dims)) })
  const verdict = verify(cut)
  if (Result.isFailure(verdict)) assert.fail(verdict.failure.message)
  const interfaceOf = (g: Graph) => [
    g.parameters.map(({ name, role, node }) => ({ name, role, type: g.nodes[node]!.type })),
    g.outputs.map(({ name, role, node }) => ({ name, role, type: g.nodes[node]!.type }))
  ]
  assert.deepStrictEqual(interfaceOf(cut), interfaceOf(graph))
  for (const inputs of exact ? [wholeNumbers(graph)] : [inputsOf(graph), inputsOf(graph, 1)]) {
    const expected = evaluate(graph, inputs)
    if (!expected.every((data) => data.every((x: number) => Math.abs(x) < 1e20))) continue
    assertClose(evaluate(cut, inputs), expected, exact ? 0 : tolerance)
  }
  return { ...cut, report }
}

/** Shapes of the results of all nodes of an op. */
export const shapesOf = ({ nodes }: Graph, op: OpName): ReadonlyArray<Shape> => nodes.flatMap((node) => (node.op === op ? [node.type.shape] : []))

const Choice = Schema.Struct({ op: Schema.Natural, a: Schema.Natural, b: Schema.Natural, c: Schema.Natural, d: Schema.Natural })
type Choice = typeof Choice.Type

const pick = <A>(from: ReadonlyArray<A>, n: number): A => from[n % from.length]!

type Step = (b: Builder.Builder, x: NodeId, choice: Choice, nodes: ReadonlyArray<NodeId>) => NodeId | undefined

const shapeOf = (b: Builder.Builder, x: NodeId) => b.typeOf(x).shape

/** Values that stay small. */
const small = (b: Builder.Builder, x: NodeId) => b.add("Tanh", [x], {})

/** Some window that fits the image. */
const window = (image: Shape, { b, c, d }: Choice, dilated: boolean) => {
  const size = (extent: number, n: number) => Math.min(extent, 1 + (n % 3))
  const kernel = [size(image[1]!, b), size(image[2]!, c)] as const
  const fits = (i: 0 | 1) => dilated && d % 5 === 0 && (kernel[i] - 1) * 2 + 1 <= image[1 + i]!
  const dilations = [fits(0) ? 2 : 1, fits(1) ? 2 : 1] as const
  const pad = (n: number, k: number): readonly [number, number] => [n % k, (n >> 2) % k]
  const padding: Padding2d = [pad(d >> 1, kernel[0]), pad(c >> 1, kernel[1])]
  const strides = [1 + ((d >> 3) % 3), 1 + ((b >> 2) % 2)] as const
  const positions = ([0, 1] as const).map((i) => windowPositions(image[1 + i]!, kernel[i], strides[i], padding[i], dilations[i]))
  return { kernel, padding, strides, dilations, positions }
}

const literal = (b: Builder.Builder, shape: Shape, seed: number) =>
  Builder.constant(
    b,
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => ((i * 3 + seed) % 5) - 2),
    shape
  )

const likeImage = (b: Builder.Builder, nodes: ReadonlyArray<NodeId>, shape: Shape, n: number): NodeId | undefined => {
  const found = nodes.filter((x) => shapeOf(b, x).join() === shape.join() && b.typeOf(x).dtype === "float32")
  return found.length === 0 ? undefined : pick(found, n)
}

const conv: Step = (b, x, choice) => {
  const image = shapeOf(b, x)
  if (image.length !== 4) return undefined
  const { dilations, kernel, padding, strides } = window(image, choice, true)
  const attrs = { strides, padding, dilations }
  return b.add(
    "Conv2D",
    [x, literal(b, [...kernel, image[3]!, 1 + (choice.a % 3)], choice.a)],
    choice.c % 3 === 0 ? { ...attrs, depthwise: true } : attrs
  )
}
/** Gradients of a convolution for an image and a filter; dy is a result of that form. */
const convGradients: Step = (b, x, choice, nodes) => {
  const image = shapeOf(b, x)
  if (image.length !== 4) return undefined
  const { dilations, kernel, padding, strides } = window(image, choice, true)
  const filterShape = [...kernel, image[3]!, 2]
  const filter = literal(b, filterShape, choice.a)
  const attrs = choice.c % 3 === 0 ? ({ strides, padding, dilations, depthwise: true } as const) : { strides, padding, dilations }
  const y = b.add("Conv2D", [x, filter], attrs)
  const dy = choice.a % 3 === 0 ? (likeImage(b, nodes, shapeOf(b, y), choice.b) ?? y) : small(b, y)
  return choice.b % 2 === 0
    ? b.add("Conv2DBackpropInput", [dy, filter], { ...attrs, inputShape: image })
    : b.add("Conv2DBackpropFilter", [x, dy], { ...attrs, filterShape })
}
const pool: Step = (b, x, choice) => {
  const image = shapeOf(b, x)
  if (image.length !== 4) return undefined
  const { kernel, padding, strides } = window(image, choice, false)
  const attrs = { window: kernel, strides, padding }
  const op = choice.a % 2 === 0 ? "MaxPool" : "AvgPool"
  const y = b.add(op, [x], attrs)
  if (choice.a % 3 === 0) return y
  const dy = choice.a % 5 === 0 ? Builder.fill(b, b.typeOf(y), 2) : small(b, y)
  return op === "MaxPool" ? b.add("MaxPoolGrad", [dy, x, y], attrs) : b.add("AvgPoolGrad", [dy], { ...attrs, inputShape: image })
}
const elementwise: Step = (b, x, { c }, nodes) => {
  const other = likeImage(b, nodes, shapeOf(b, x), c)
  return other === undefined ? undefined : Builder.binary(b, pick(["Add", "Sub", "Max", "Min"] as const, c), x, other)
}
const bias: Step = (b, x, { c }) => {
  const shape = shapeOf(b, x)
  return Builder.binary(b, "Add", x, literal(b, shape.slice(Math.min(shape.length, c % 3)), c))
}
const select: Step = (b, x) => Builder.select(b, Builder.binary(b, "Greater", x, Builder.scalar(b, "float32", 1)), x, Builder.unary(b, "Neg", x))
const transpose: Step = (b, x, { c }) => {
  const axes = shapeOf(b, x).map((_, i) => i)
  return Builder.transpose(b, x, [...axes.slice(c % axes.length), ...axes.slice(0, c % axes.length)])
}
const reshape: Step = (b, x, { c }) => {
  const shape = shapeOf(b, x)
  const last = shape.at(-1)!
  const options: ReadonlyArray<Shape> = [
    [shape[0]!, sizeOf(shape.slice(1))],
    [sizeOf(shape)],
    [...shape, 1],
    [sizeOf(shape.slice(0, -1)), last],
    last % 2 === 0 ? [...shape.slice(0, -1), 2, last / 2] : shape
  ]
  return Builder.reshape(b, x, pick(options, c))
}
const slice: Step = (b, x, { c, d }) => {
  const shape = shapeOf(b, x)
  const begin = shape.map((n, i) => ((c >> i) % 2) * Math.min(1, n - 1))
  const strides = shape.map((_, i) => 1 + ((d >> i) % 2))
  return b.add("Slice", [x], { begin, strides, size: shape.map((n, i) => Math.ceil((n - begin[i]!) / strides[i]!)) })
}
const pad: Step = (b, x, { c }) =>
  b.add("Pad", [x], { paddings: shapeOf(b, x).map((_, i): readonly [number, number] => [(c >> i) % 2, (c >> (i + 1)) % 3]), value: c % 2 })
const reverse: Step = (b, x, { c }) => b.add("Reverse", [x], { axes: shapeOf(b, x).flatMap((_, i) => ((c >> i) % 2 === 0 ? [i] : [])) })
const concat: Step = (b, x, { c }) => b.add("Concat", c % 2 === 0 ? [x, Builder.unary(b, "Neg", x)] : [x, x, x], { axis: c % shapeOf(b, x).length })
const broadcast: Step = (b, x, { c }) => b.add("Broadcast", [x], { shape: [1 + (c % 3), ...shapeOf(b, x)] })
const reduce: Step = (b, x, { c, d }) => {
  const axes = shapeOf(b, x).flatMap((_, i) => ((c >> i) % 2 === 1 ? [i] : []))
  const op = pick(reduceOps, d)
  if (op === "ReduceProd") return undefined // grows too fast
  const bool = op === "ReduceAny" || op === "ReduceAll"
  const from = bool ? Builder.binary(b, "Less", x, Builder.scalar(b, "float32", 3)) : x
  return Builder.cast(b, Builder.reduce(b, op, from, axes, d % 2 === 0), "float32")
}
const rows: Step = (b, x, { c }) => {
  const axis = c % shapeOf(b, x).length
  const y = pick(
    [
      () => b.add("Softmax", [x], {}),
      () => b.add("LogSoftmax", [x], {}),
      () => b.add("CumSum", [x], { axis, exclusive: c % 2 === 0, reverse: c % 3 === 0 }),
      () => Builder.cast(b, b.add("ArgMax", [x], { axis }), "float32"),
      () => Builder.cast(b, b.add("ArgMin", [x], { axis }), "float32")
    ],
    c >> 2
  )
  return y()
}
const indexed: Step = (b, x, { c, d }) => {
  const shape = shapeOf(b, x)
  const axis = c % shape.length
  const ids = Builder.cast(b, b.add("ArgMax", [Builder.unary(b, "Neg", x)], { axis }), "int32")
  if (shapeOf(b, ids).length > 2) return undefined
  if (d % 3 === 0) return b.add("OneHot", [ids], { depth: shape[axis]!, onValue: 1, offValue: -1, dtype: "float32" })
  if (d % 3 === 1) return b.add("Gather", [x, ids], { axis })
  return axis === shape.length - 1 ? b.add("SegmentSum", [x, ids], { numSegments: shape[axis]! }) : undefined
}
const gatherRows: Step = (b, x, { c }) => {
  const axis = c % shapeOf(b, x).length
  return b.add("Gather", [x, Builder.constant(b, Int32Array.of(0, shapeOf(b, x)[axis]! - 1, 0), [3])], { axis })
}
const matMul: Step = (b, x, { c, d }) => {
  const shape = shapeOf(b, x)
  if (shape.length < 2) return undefined
  if (d % 3 === 0) return b.add("MatMul", [x, x], { transposeA: c % 2 === 0, transposeB: c % 2 === 1 })
  const inner = c % 2 === 0 ? shape.at(-1)! : shape.at(-2)!
  const weights = literal(b, [...shape.slice(0, -2).map(() => 1), ...(d % 2 === 0 ? [inner, 3] : [3, inner])], c)
  return c % 3 === 0
    ? b.add("MatMul", [weights, x], { transposeA: d % 2 === 0, transposeB: c % 2 === 0 })
    : b.add("MatMul", [x, weights], { transposeA: c % 2 === 1, transposeB: d % 2 === 1 })
}
const crossReplicaSum: Step = (b, x) => b.add("CrossReplicaSum", [x], {})
const noise: Step = (b, x) => Builder.binary(b, "Add", x, b.add("RandomUniform", [0], { shape: shapeOf(b, x), draw: 0 }))

const steps: ReadonlyArray<Step> = [
  conv,
  conv,
  convGradients,
  convGradients,
  pool,
  pool,
  elementwise,
  elementwise,
  bias,
  select,
  transpose,
  reshape,
  reshape,
  slice,
  pad,
  reverse,
  concat,
  broadcast,
  reduce,
  reduce,
  rows,
  indexed,
  gatherRows,
  matMul,
  matMul,
  crossReplicaSum,
  noise,
  (b, x) => b.add("Relu", [x], {})
]

/** Grids of 2 to 8 cores along the four axes. */
const grids: ReadonlyArray<readonly [number, number, number, number]> = [
  [1, 2, 1, 1],
  [1, 1, 2, 1],
  [2, 1, 1, 1],
  [1, 1, 1, 2],
  [1, 4, 1, 1],
  [1, 3, 1, 1],
  [1, 2, 2, 1],
  [2, 2, 1, 1],
  [1, 1, 2, 2],
  [1, 1, 4, 1],
  [2, 2, 2, 1],
  [1, 3, 1, 2]
]

export interface CutCase {
  readonly graph: Graph
  readonly dims: DimsOf
  readonly cores: number
}

const caseOf = ({ choices, grid, height, otherGrid, width }: CaseChoice): CutCase => {
  const b = Builder.make()
  const key = b.parameter("random_key", { _tag: "State", kind: "random", trainable: false }, { dtype: "int32", shape: [3] })
  const shape = [2, 3 + (height % 5), 3 + (width % 4), 2]
  const nodes = ["x", "y"].map((name) => b.parameter(name, { _tag: "Batch" }, { dtype: "float32", shape }))
  for (const choice of choices) {
    const x = nodes[nodes.length - 1 - (choice.a % Math.min(nodes.length, 6))]!
    if (shapeOf(b, x).length === 0) continue
    const added = pick(steps, choice.op)(b, x, choice, nodes)
    const size = added === undefined ? 0 : sizeOf(shapeOf(b, added))
    if (added !== undefined && size > 0 && size <= 1200) nodes.push(small(b, added), added)
  }
  b.output("random_key", { _tag: "State" }, key)
  nodes.slice(-4).forEach((x, i) => b.output(`o${i}`, { _tag: "Outfeed" }, x))
  const own = pick(grids, grid)
  const cores = sizeOf(own)
  const fitting = grids.filter((other) => sizeOf(other) === cores)
  return { graph: b.build(), dims: { x: own, ...(otherGrid % 3 === 0 ? {} : { y: pick(fitting, otherGrid) }) }, cores }
}

const CaseChoice = Schema.Struct({ height: Schema.Natural, width: Schema.Natural, grid: Schema.Natural, otherGrid: Schema.Natural })
type CaseChoice = typeof CaseChoice.Type & { readonly choices: ReadonlyArray<Choice> }

/** A program on two images of one shape, of which one is cut, or both and perhaps differently. */
export const CutArbitrary = Arbitrary.schema(
  Schema.Struct({ ...CaseChoice.fields, choices: Schema.Array(Choice).pipe(Schema.check(Schema.isMinLength(3), Schema.isMaxLength(14))) })
).pipe(Arbitrary.map(caseOf))

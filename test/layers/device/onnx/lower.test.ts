import { assert, describe, it } from "@effect/vitest"
import * as Builder from "../../../../src/domain/graph/Builder.ts"
import { evaluate } from "../../../../src/domain/graph/Evaluate.ts"
import type { NodeId } from "../../../../src/domain/graph/Graph.ts"
import { binaryOps, compareOps, type OpAttrs, type OpName, randomOps, reduceOps, unaryOps } from "../../../../src/domain/graph/ops.ts"
import { allocate, type DType, sizeOf, type TensorData, type TensorType } from "../../../../src/domain/Tensor.ts"
import { lower, NoRule, opNames, rules } from "../../../../src/layers/device/onnx/lower.ts"
import { onOrt, openOrt } from "./onOrt.ts"

const ort = openOrt()

const f32 = (...shape: Array<number>): TensorType => ({ dtype: "float32", shape })
const i32 = (...shape: Array<number>): TensorType => ({ dtype: "int32", shape })
const bool = (...shape: Array<number>): TensorType => ({ dtype: "bool", shape })

/** Numbers of a fixed sequence: floats in (-2, 2), integers in -5 … 5, bools. */
const numbers = (type: TensorType, seed: number): TensorData => {
  let state = seed * 7919 + 1
  const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 4294967296
  const data = allocate(type.dtype, sizeOf(type.shape))
  for (let i = 0; i < data.length; i++)
    data[i] = type.dtype === "float32" ? next() * 4 - 2 : type.dtype === "int32" ? Math.floor(next() * 11) - 5 : next() < 0.5 ? 0 : 1
  return data
}

interface Case {
  readonly op: OpName
  readonly what: string
  readonly types: ReadonlyArray<TensorType>
  readonly data: ReadonlyArray<TensorData>
  readonly attrs: object
  readonly tolerance: number
}

const cases: Array<Case> = []

const add = <K extends OpName>(
  op: K,
  types: ReadonlyArray<TensorType>,
  attrs: OpAttrs[K],
  {
    data,
    tolerance = 2e-6,
    what = ""
  }: { readonly data?: ReadonlyArray<TensorData | undefined>; readonly tolerance?: number; readonly what?: string } = {}
) => cases.push({ op, what, types, data: types.map((t, i) => data?.[i] ?? numbers(t, i + 1)), attrs, tolerance })

const edges = Float32Array.of(0, -0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 1e-8, -1e-8, 3, -7, 30, -30)
const positive = Float32Array.of(1e-8, 0.25, 0.5, 1, 1.5, 2, 10, 1e4)
const inUnit = Float32Array.of(-1, -0.75, -0.5, -1e-6, 0, 1e-6, 0.25, 0.99, 1)
const domains: { readonly [op: string]: Float32Array } = {
  Log: positive,
  Sqrt: positive,
  Rsqrt: positive,
  Reciprocal: positive,
  Acosh: Float32Array.of(1, 1.5, 2, 10, 1e4),
  Asin: inUnit,
  Acos: inUnit,
  Atanh: Float32Array.of(-0.75, -0.5, 0, 0.25, 0.99),
  Log1p: Float32Array.of(-0.9, -1e-7, 0, 1e-8, 1e-3, 1, 1e5, Infinity),
  Tan: Float32Array.of(-1.2, 0, 0.5, 1.2)
}
for (const op of unaryOps) {
  const x = domains[op] ?? edges
  add(op, [f32(x.length)], {}, { data: [x], what: "float32", tolerance: op === "Erf" || op === "Sinh" || op === "Atanh" ? 1e-5 : 3e-6 })
}
add("Expm1", [f32(4)], {}, { data: [Float32Array.of(-Infinity, 88, 1e-7, Infinity)], what: "ends" })
for (const op of ["Neg", "Abs", "Sign", "Relu"] as const) add(op, [i32(7)], {}, { what: "int32" })

const numerators = Float32Array.of(7, -7, 7, -7, 0, 5.5, -5.5, 6)
const divisors = Float32Array.of(2, 2, -2, -2, 3, 2, 2, 3)
const intNumerators = Int32Array.of(7, -7, 7, -7, 0, 2147483647, -2147483648, 6, 5)
const intDivisors = Int32Array.of(2, 2, -2, -2, 3, 2, 3, 3, 0)
for (const op of binaryOps) {
  const data = op === "Pow" ? [Float32Array.of(2, 0.5, 3, 4, 10, 1, 0, 2), Float32Array.of(3, 2, 0, 0.5, -2, 7, 2, -1)] : [numerators, divisors]
  add(op, [f32(8), f32(8)], {}, { data, what: "float32" })
  if (op === "Atan2") continue
  if (op === "Pow") add(op, [i32(4), i32(4)], {}, { data: [Int32Array.of(2, -3, 5, 0), Int32Array.of(10, 3, 0, 4)], what: "int32" })
  else add(op, [i32(9), i32(9)], {}, { data: [intNumerators, intDivisors], what: "int32" })
}
const quadrants = [Float32Array.of(0, 1, 1, -1, -1, 0, 0, -0, 3, -3, -0), Float32Array.of(0, 1, -1, 1, -1, 2, -2, -2, 0, 0, 2)]
add("Atan2", [f32(11), f32(11)], {}, { data: quadrants, what: "quadrants and axes" })
for (const op of compareOps) {
  add(op, [f32(6), f32(6)], {}, { data: [Float32Array.of(1, 2, 3, NaN, NaN, 0), Float32Array.of(2, 2, 2, NaN, 1, -0)], what: "float32" })
  add(op, [i32(9), i32(9)], {}, { what: "int32" })
  add(op, [bool(4), bool(4)], {}, { data: [Uint8Array.of(0, 0, 1, 1), Uint8Array.of(0, 1, 0, 1)], what: "bool" })
}
for (const op of ["And", "Or"] as const) add(op, [bool(2, 2), bool(2, 2)], {}, { data: [Uint8Array.of(0, 0, 1, 1), Uint8Array.of(0, 1, 0, 1)] })
add("Not", [bool(3)], {})
for (const op of ["IsNan", "IsInf", "IsFinite"] as const) add(op, [f32(5)], {}, { data: [Float32Array.of(NaN, Infinity, -Infinity, 0, 1e38)] })
for (const from of [f32(7), i32(7), bool(7)]) {
  const data = from.dtype === "float32" ? [Float32Array.of(1.9, -1.9, 0, -0.5, 0.5, 1e6, -3)] : undefined
  for (const dtype of ["float32", "int32", "bool"] as const)
    add("Cast", [from], { dtype }, { what: `${from.dtype} to ${dtype}`, ...(data ? { data } : {}) })
}
for (const [what, exponentBits, mantissaBits] of [
  ["bfloat16", 8, 7],
  ["float16", 5, 10]
] as const) {
  add(
    "ReducePrecision",
    [f32(6)],
    { exponentBits, mantissaBits },
    { data: [Float32Array.of(1.00390625, -3.1415927, 1e-9, 70000, NaN, 0)], what, tolerance: 0 }
  )
}
add("Cast", [f32(2)], { dtype: "bool" }, { data: [Float32Array.of(NaN, Infinity)], what: "NaN to bool" })
for (const t of [f32(2, 3), i32(2, 3), bool(2, 3)]) add("Select", [bool(2, 3), t, t], {}, { what: t.dtype })

for (const op of reduceOps) {
  const dtypes: ReadonlyArray<DType> = op === "ReduceAny" || op === "ReduceAll" ? ["bool"] : op === "ReduceMean" ? ["float32"] : ["float32", "int32"]
  for (const dtype of dtypes) {
    for (const [axes, keepDims] of [
      [[0], false],
      [[1, 2], true],
      [[0, 1, 2], false],
      [[], false]
    ] as const) {
      add(op, [{ dtype, shape: [2, 3, 4] }], { axes, keepDims }, { what: `${dtype} over [${axes}]` })
    }
  }
}
add("ReduceSum", [f32(0, 3)], { axes: [0], keepDims: false }, { what: "no elements" })

for (const dtype of ["float32", "int32", "bool"] as const) {
  const x: TensorType = { dtype, shape: [2, 3, 4] }
  add("Reshape", [x], { shape: [4, 6] }, { what: dtype })
  add("Transpose", [x], { perm: [2, 0, 1] }, { what: dtype })
  add("Broadcast", [{ dtype, shape: [3, 1] }], { shape: [2, 3, 4] }, { what: dtype })
  add("Concat", [x, { dtype, shape: [2, 1, 4] }], { axis: 1 }, { what: dtype })
  add("Slice", [x], { begin: [0, 1, 0], size: [2, 2, 2], strides: [1, 1, 3] }, { what: dtype })
  add(
    "Pad",
    [x],
    {
      paddings: [
        [0, 0],
        [1, 2],
        [0, 1]
      ],
      value: 1
    },
    { what: dtype }
  )
  add("Reverse", [x], { axes: [0, 2] }, { what: dtype })
  add("Gather", [x, i32(2, 2)], { axis: 1 }, { what: dtype, data: [undefined, Int32Array.of(2, 0, 1, 2)] })
  add("OneHot", [i32(2, 3)], { depth: 4, onValue: 1, offValue: 0, dtype }, { what: dtype, data: [Int32Array.of(0, 3, 1, -1, 4, 2)] })
  add("Fill", [], { dtype, shape: [2, 3], value: 1 }, { what: dtype })
}
add("Transpose", [f32(2, 1, 3)], { perm: [1, 0, 2] }, { what: "of an extent of 1" })
add("OneHot", [i32(3)], { depth: 3, onValue: 5, offValue: -2, dtype: "float32" }, { what: "other values", data: [Int32Array.of(0, 2, 1)] })
add("OneHot", [i32(3)], { depth: 3, onValue: 0, offValue: 1, dtype: "bool" }, { what: "inverted", data: [Int32Array.of(0, 2, 1)] })
add("Constant", [], { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) })
add("Iota", [], { dtype: "int32", shape: [2, 3, 2], axis: 1 }, { what: "int32" })
add("Iota", [], { dtype: "float32", shape: [4], axis: 0 }, { what: "float32" })
add("ReplicaId", [], {})
const ids = Int32Array.of(1, -1, 0, 1, 3, 1)
add("BitwiseAnd", [i32(3, 4), i32(3, 4)], {})
add("Barrier", [f32(2, 3), f32(4)], {})
add("TopKValues", [f32(2, 3, 7)], { k: 3 })
add("TopKIndices", [i32(4, 9)], { k: 9 })
add("SegmentSum", [f32(2, 3, 4), i32(2, 3)], { numSegments: 4 }, { data: [undefined, ids], what: "float32, by a product" })
add("SegmentSum", [i32(2, 3, 4), i32(2, 3)], { numSegments: 4 }, { data: [undefined, ids], what: "int32" })
add("SegmentSum", [f32(6, 2), i32(6)], { numSegments: 1_000_000 }, { data: [undefined, ids], what: "float32, by scattering" })
for (const t of [f32(3, 4), i32(3, 4)]) {
  const tied = t.dtype === "float32" ? Float32Array.of(1, 3, 3, 2, 0, 0, 0, 0, -1, -2, -2, 5) : Int32Array.of(1, 3, 3, 2, 0, 0, 0, 0, -1, -2, -2, 5)
  for (const axis of [0, 1]) {
    add("ArgMax", [t], { axis }, { data: [tied], what: `${t.dtype} axis ${axis}` })
    add("ArgMin", [t], { axis }, { data: [tied], what: `${t.dtype} axis ${axis}` })
  }
  for (const exclusive of [false, true])
    for (const reverse of [false, true]) add("CumSum", [t], { axis: 1, exclusive, reverse }, { what: `${t.dtype} ${exclusive} ${reverse}` })
}
for (const transposeA of [false, true]) {
  for (const transposeB of [false, true]) {
    for (const [a, b] of [
      [[], []],
      [[2], [2]],
      [[2], [1]],
      [[1], [2]],
      [[1], [1]],
      [
        [2, 3],
        [1, 3]
      ],
      [
        [2, 1],
        [2, 3]
      ]
    ] as const) {
      const types = [f32(...a, ...(transposeA ? [5, 4] : [4, 5])), f32(...b, ...(transposeB ? [3, 5] : [5, 3]))]
      add("MatMul", types, { transposeA, transposeB }, { what: `[${a}] [${b}] ${transposeA} ${transposeB}`, tolerance: 1e-5 })
    }
  }
}
add("Softmax", [f32(3, 5)], {})
add("LogSoftmax", [f32(2, 3, 5)], {})
add("CrossReplicaSum", [f32(2, 3)], {})

const windows = [
  {
    what: "valid",
    strides: [1, 1],
    padding: [
      [0, 0],
      [0, 0]
    ],
    dilations: [1, 1]
  },
  {
    what: "same, stride 2",
    strides: [2, 2],
    padding: [
      [0, 1],
      [1, 1]
    ],
    dilations: [1, 1]
  },
  {
    what: "stride that leaves a rest",
    strides: [3, 2],
    padding: [
      [0, 0],
      [0, 0]
    ],
    dilations: [1, 1]
  },
  {
    what: "dilated",
    strides: [1, 1],
    padding: [
      [2, 2],
      [1, 2]
    ],
    dilations: [2, 2]
  }
] as const
for (const { what, strides, padding, dilations } of windows) {
  const attrs = { strides, padding, dilations }
  const [x, filter] = [f32(2, 7, 8, 3), f32(3, 2, 3, 4)]
  const h = Math.floor((7 + padding[0][0] + padding[0][1] - 2 * dilations[0] - 1) / strides[0]) + 1
  const w = Math.floor((8 + padding[1][0] + padding[1][1] - dilations[1] - 1) / strides[1]) + 1
  add("Conv2D", [x, filter], attrs, { what, tolerance: 2e-5 })
  add("Conv2DBackpropInput", [f32(2, h, w, 4), filter], { ...attrs, inputShape: x.shape }, { what, tolerance: 2e-5 })
  add("Conv2DBackpropFilter", [x, f32(2, h, w, 4)], { ...attrs, filterShape: filter.shape }, { what, tolerance: 5e-5 })
}
for (const { what, window, strides, padding } of [
  {
    what: "two by two",
    window: [2, 2],
    strides: [2, 2],
    padding: [
      [0, 0],
      [0, 0]
    ]
  },
  {
    what: "overlapping, padded",
    window: [3, 2],
    strides: [2, 1],
    padding: [
      [1, 1],
      [0, 1]
    ]
  },
  {
    what: "stride over the window",
    window: [2, 2],
    strides: [3, 3],
    padding: [
      [0, 0],
      [0, 0]
    ]
  }
] as const) {
  const attrs = { window, strides, padding }
  const x = f32(2, 7, 8, 3)
  const h = Math.floor((7 + padding[0][0] + padding[0][1] - window[0]) / strides[0]) + 1
  const w = Math.floor((8 + padding[1][0] + padding[1][1] - window[1]) / strides[1]) + 1
  // rounded, so that windows hold equal elements
  const data = numbers(x, 3).map(Math.round) as Float32Array
  const y = f32(2, h, w, 3)
  const b = Builder.make()
  b.output("y", { _tag: "Outfeed" }, b.add("MaxPool", [b.parameter("x", { _tag: "Batch" }, x)], attrs))
  add("MaxPool", [x], attrs, { what, data: [data] })
  add("MaxPoolGrad", [y, x, y], attrs, { what, data: [undefined, data, evaluate(b.build(), [data])[0]] })
  add("AvgPool", [x], attrs, { what })
  add("AvgPoolGrad", [y], { ...attrs, inputShape: x.shape }, { what, tolerance: 1e-5 })
}

const build = (c: Case) => {
  const b = Builder.make()
  const inputs = c.types.map((type, i) => b.parameter(`x${i}`, { _tag: "Batch" }, type))
  // the case's attributes are its op's: `add` saw to it
  const node = b.add(c.op as "Add", inputs, c.attrs as OpAttrs["Add"])
  b.output("y", { _tag: "Outfeed" }, node)
  return b.build()
}

const assertClose = (actual: TensorData, expected: TensorData, tolerance: number) => {
  assert.strictEqual(actual.length, expected.length)
  // sums of products may cancel: the looser ones are held to the size of their terms
  const floor = expected instanceof Float32Array ? (tolerance >= 1e-5 ? 1 : 1e-2) : 0
  for (let i = 0; i < expected.length; i++) {
    const [x, y] = [actual[i]!, expected[i]!]
    if (Object.is(x, y) || x === y || (Number.isNaN(x) && Number.isNaN(y))) continue
    const allowed = expected instanceof Float32Array ? tolerance * Math.max(Math.abs(y), floor) : 0
    assert.isTrue(Math.abs(x - y) <= allowed, `element ${i}: ${x} instead of ${y}`)
  }
}

describe("lowering to ONNX gives the reference's values", () => {
  for (const c of cases) {
    it(`${c.op} ${c.what} ${c.types.map((t) => `[${t.shape}]`).join(" ")}`, () => {
      const graph = build(c)
      const expected = evaluate(graph, c.data)[0]!
      assertClose(onOrt(ort, graph, c.data)[0]!, expected, c.tolerance)
    })
  }

  it("has a case for every op it lowers", () => {
    const given: ReadonlySet<string> = new Set(["Parameter", ...randomOps])
    const tried = new Set(cases.map((c) => c.op))
    assert.deepStrictEqual(
      opNames.filter((op) => !tried.has(op) && !given.has(op)),
      []
    )
  })

  it("repeats no operand of elementwise ops, and repeats what others need", () => {
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
    const graph = b.build()
    const data = [numbers(f32(4, 3), 1), numbers(f32(3), 2)]
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

  it("names an op without a rule", () => {
    const b = Builder.make()
    b.output("y", { _tag: "Outfeed" }, b.add("Tanh", [b.parameter("x", { _tag: "Batch" }, f32(2))], {}, "model.ts:3:7"))
    const kept = rules.Tanh
    const table = rules as { Tanh?: unknown }
    try {
      delete table.Tanh
      const graph = b.build()
      let error: unknown
      try {
        lower(graph, [{ node: graph.outputs[0]!.node as NodeId, predecessor: undefined }])
      } catch (thrown) {
        error = thrown
      }
      assert.instanceOf(error, NoRule)
      assert.strictEqual((error as NoRule).node.source, "model.ts:3:7")
    } finally {
      table.Tanh = kept
    }
  })

  it("releases every native handle", () => assert.strictEqual(ort.handles, 2))
})

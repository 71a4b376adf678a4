import { assert, it } from "@effect/vitest"
import * as Builder from "../../../src/domain/graph/Builder.ts"
import * as Evaluate from "../../../src/domain/graph/Evaluate.ts"
import { erf } from "../../../src/domain/graph/evaluate/elementwise.ts"
import type { NodeId } from "../../../src/domain/graph/Graph.ts"
import type { BinaryOp, OpAttrs, OpName, ReduceOp, UnaryOp } from "../../../src/domain/graph/ops.ts"
import * as RandomKey from "../../../src/domain/RandomKey.ts"
import { dtypeOfData, type Shape, type Tensor, type TensorData } from "../../../src/domain/Tensor.ts"

const tensor = (data: TensorData, shape: Shape = [data.length]): Tensor => ({ dtype: dtypeOfData(data)!, shape, data })
const f = (values: ReadonlyArray<number>, shape?: Shape) => tensor(Float32Array.from(values), shape)
const i = (values: ReadonlyArray<number>, shape?: Shape) => tensor(Int32Array.from(values), shape)
const bool = (values: ReadonlyArray<number>, shape?: Shape) => tensor(Uint8Array.from(values), shape)

const builtWith = (inputs: ReadonlyArray<Tensor>, body: (b: Builder.Builder, nodes: ReadonlyArray<NodeId>) => NodeId) => {
  const b = Builder.make()
  const nodes = inputs.map((x, n) => b.parameter(`x${n}`, { _tag: "Batch" }, x))
  const y = body(b, nodes)
  b.output("y", { _tag: "Outfeed" }, y)
  return { graph: b.build(), shape: b.typeOf(y).shape }
}

/** The value of one node with these operands, as `[elements, shape]`. */
const of = <K extends Exclude<OpName, "Parameter">>(op: K, inputs: ReadonlyArray<Tensor>, attrs: OpAttrs[K]): readonly [Array<number>, Shape] => {
  const { graph, shape } = builtWith(inputs, (b, nodes) => b.add(op, nodes, attrs))
  return [
    Array.from(
      Evaluate.evaluate(
        graph,
        inputs.map((x) => x.data)
      )[0]!
    ),
    shape
  ]
}

const unary = (op: UnaryOp, values: ReadonlyArray<number>) => of(op, [f(values)], {})[0]
const binary = (op: BinaryOp, a: Tensor, b: Tensor) => of(op, [a, b], {})[0]
const reduce = (op: ReduceOp, x: Tensor, axes: ReadonlyArray<number>, keepDims = false) => of(op, [x], { axes, keepDims })
const rounded = (values: ReadonlyArray<number>) => values.map(Math.fround)

it("elementwise ops of one operand", () => {
  assert.deepStrictEqual(unary("Round", [0.5, 1.5, 2.5, -0.5, -1.5, 2.4, 2.6]), [0, 2, 2, 0, -2, 2, 3])
  assert.deepStrictEqual(unary("Sign", [-3, 0, 2, NaN]), [-1, 0, 1, 0])
  assert.deepStrictEqual(unary("Relu", [-1, 2, NaN]), [0, 2, NaN])
  assert.deepStrictEqual(unary("Rsqrt", [4, 0]), [0.5, Infinity])
  assert.deepStrictEqual(unary("Reciprocal", [4, -0]), [0.25, -Infinity])
  assert.deepStrictEqual(unary("Sigmoid", [0, -1000, 1000]), [0.5, 0, 1])
  assert.deepStrictEqual(unary("Softplus", [0, 100, -100]), rounded([Math.log(2), 100, Math.exp(-100)]))
  assert.deepStrictEqual(unary("Exp", [0, 1]), rounded([1, Math.E]))
  assert.deepStrictEqual(unary("Expm1", [1e-20]), rounded([1e-20]))
  assert.deepStrictEqual(unary("Tanh", [0.5]), rounded([Math.tanh(0.5)]))
  assert.deepStrictEqual(of("Neg", [i([1, -2147483648])], {})[0], [-1, -2147483648])
  assert.deepStrictEqual(of("Not", [bool([0, 1])], {})[0], [1, 0])
  assert.deepStrictEqual(of("IsNan", [f([1, NaN])], {})[0], [0, 1])
  assert.deepStrictEqual(of("IsInf", [f([1, NaN, -Infinity])], {})[0], [0, 0, 1])
  assert.deepStrictEqual(of("IsFinite", [f([1, NaN, -Infinity])], {})[0], [1, 0, 0])
})

it("the error function, against Abramowitz and Stegun's table 7.1", () => {
  for (const [x, y] of [
    [0, 0],
    [0.1, 0.112462916],
    [0.5, 0.5204998778],
    [1, 0.8427007929],
    [2, 0.995322265],
    [-1, -0.8427007929],
    [4.5, 1]
  ] as const) {
    assert.closeTo(erf(x), y, 1e-9)
  }
  assert.closeTo(erf(1e-6) / 1e-6, 1.1283791671, 1e-9)
  assert.isNaN(erf(NaN))
})

it("arithmetic of two operands", () => {
  assert.deepStrictEqual(binary("Add", i([2147483647]), i([1])), [-2147483648])
  assert.deepStrictEqual(binary("Mul", i([65537]), i([65537])), [131073])
  assert.deepStrictEqual(binary("Div", i([7, -7, 1]), i([2, 2, 0])), [3, -3, 0])
  assert.deepStrictEqual(binary("FloorDiv", i([7, -7]), i([2, 2])), [3, -4])
  assert.deepStrictEqual(binary("Mod", f([7, -7, 7, -7]), f([3, 3, -3, -3])), [1, 2, -2, -1])
  assert.deepStrictEqual(binary("Max", f([1, NaN, 2]), f([2, 1, NaN])), [2, NaN, NaN])
  assert.deepStrictEqual(binary("Min", f([1, NaN, 2]), f([2, 1, NaN])), [1, NaN, NaN])
  assert.deepStrictEqual(binary("Pow", f([2, -2, 4]), f([3, 2, 0.5])), [8, 4, 2])
  assert.deepStrictEqual(binary("Atan2", f([1]), f([-1])), rounded([Math.atan2(1, -1)]))
  assert.deepStrictEqual(binary("Add", f([0.1]), f([0.2])), rounded([Math.fround(0.1) + Math.fround(0.2)]))
})

it("comparison, logic and choice", () => {
  const [a, b] = [f([1, 2, NaN]), f([2, 2, NaN])]
  assert.deepStrictEqual(of("Equal", [a, b], {})[0], [0, 1, 0])
  assert.deepStrictEqual(of("NotEqual", [a, b], {})[0], [1, 0, 1])
  assert.deepStrictEqual(of("Less", [a, b], {})[0], [1, 0, 0])
  assert.deepStrictEqual(of("LessEqual", [a, b], {})[0], [1, 1, 0])
  assert.deepStrictEqual(of("Greater", [b, a], {})[0], [1, 0, 0])
  assert.deepStrictEqual(of("GreaterEqual", [b, a], {})[0], [1, 1, 0])
  assert.deepStrictEqual(of("And", [bool([0, 1, 1]), bool([1, 0, 1])], {})[0], [0, 0, 1])
  assert.deepStrictEqual(of("Or", [bool([0, 1, 0]), bool([1, 0, 0])], {})[0], [1, 1, 0])
  assert.deepStrictEqual(of("Select", [bool([1, 0, 1]), a, b], {})[0], [1, 2, NaN])
})

it("conversion", () => {
  const cast = (x: Tensor, dtype: "float32" | "int32" | "bool") => of("Cast", [x], { dtype })[0]
  assert.deepStrictEqual(cast(f([1.9, -1.9, NaN, 4294967808]), "int32"), [1, -1, 0, 512])
  assert.deepStrictEqual(cast(f([0, 0.5, NaN, -0]), "bool"), [0, 1, 1, 0])
  assert.deepStrictEqual(cast(i([16777217]), "float32"), [16777216])
  assert.deepStrictEqual(cast(bool([1, 0]), "int32"), [1, 0])
})

const cube = f(
  Array.from({ length: 24 }, (_, n) => n),
  [2, 3, 4]
)

it("reductions", () => {
  assert.deepStrictEqual(reduce("ReduceSum", cube, [0, 2]), [[60, 92, 124], [3]])
  assert.deepStrictEqual(reduce("ReduceSum", cube, [1], true), [
    [12, 15, 18, 21, 48, 51, 54, 57],
    [2, 1, 4]
  ])
  assert.deepStrictEqual(reduce("ReduceMean", cube, [0, 1, 2]), [[11.5], []])
  assert.deepStrictEqual(reduce("ReduceSum", cube, []), [Array.from(cube.data), [2, 3, 4]])
  assert.deepStrictEqual(reduce("ReduceMax", f([1, NaN, 3, -5, -6, -7], [2, 3]), [1])[0], [NaN, -5])
  assert.deepStrictEqual(reduce("ReduceMin", f([1, NaN, 3, -5, -6, -7], [2, 3]), [0])[0], [-5, NaN, -7])
  assert.deepStrictEqual(reduce("ReduceProd", i([65537, 65537], [2]), [0])[0], [131073])
  assert.deepStrictEqual(reduce("ReduceAny", bool([0, 0, 0, 1], [2, 2]), [1])[0], [0, 1])
  assert.deepStrictEqual(reduce("ReduceAll", bool([1, 1, 0, 1], [2, 2]), [1])[0], [1, 0])
  assert.deepStrictEqual(reduce("ReduceSum", f([], [2, 0]), [1])[0], [0, 0])
  assert.deepStrictEqual(reduce("ReduceMax", f([], [1, 0]), [1])[0], [-Infinity])
  // float64 accumulation: one by one in float32, the ones would be lost
  assert.deepStrictEqual(reduce("ReduceSum", f([16777216, 1, 1, 1, 1]), [0])[0], [16777220])
  assert.deepStrictEqual(of("ArgMax", [f([1, 3, 3, 2, 0, 2], [2, 3])], { axis: 1 }), [[1, 0], [2]])
  assert.deepStrictEqual(of("ArgMin", [f([1, 3, 3, 0, 0, 2], [2, 3])], { axis: 0 }), [[1, 1, 1], [3]])
})

it("cumulative sums", () => {
  const sums = (exclusive: boolean, reverse: boolean) => of("CumSum", [i([1, 2, 3, 4])], { axis: 0, exclusive, reverse })[0]
  assert.deepStrictEqual(sums(false, false), [1, 3, 6, 10])
  assert.deepStrictEqual(sums(true, false), [0, 1, 3, 6])
  assert.deepStrictEqual(sums(false, true), [10, 9, 7, 4])
  assert.deepStrictEqual(sums(true, true), [9, 7, 4, 0])
  assert.deepStrictEqual(of("CumSum", [i([1, 2, 3, 4], [2, 2])], { axis: 0, exclusive: false, reverse: false })[0], [1, 2, 4, 6])
})

it("moving elements", () => {
  const grid = i([1, 2, 3, 4, 5, 6], [2, 3])
  assert.deepStrictEqual(of("Transpose", [grid], { perm: [1, 0] }), [
    [1, 4, 2, 5, 3, 6],
    [3, 2]
  ])
  assert.deepStrictEqual(of("Transpose", [cube], { perm: [2, 0, 1] })[0].slice(0, 7), [0, 4, 8, 12, 16, 20, 1])
  assert.deepStrictEqual(of("Reshape", [grid], { shape: [3, 2] }), [
    [1, 2, 3, 4, 5, 6],
    [3, 2]
  ])
  assert.deepStrictEqual(of("Broadcast", [i([1, 2], [2, 1])], { shape: [2, 2, 2] })[0], [1, 1, 2, 2, 1, 1, 2, 2])
  assert.deepStrictEqual(of("Concat", [grid, i([7, 8], [2, 1])], { axis: 1 }), [
    [1, 2, 3, 7, 4, 5, 6, 8],
    [2, 4]
  ])
  assert.deepStrictEqual(of("Slice", [grid], { begin: [1, 0], size: [1, 2], strides: [1, 2] }), [
    [4, 6],
    [1, 2]
  ])
  assert.deepStrictEqual(
    of("Pad", [grid], {
      paddings: [
        [1, 0],
        [0, 1]
      ],
      value: 9
    })[0],
    [9, 9, 9, 9, 1, 2, 3, 9, 4, 5, 6, 9]
  )
  assert.deepStrictEqual(of("Reverse", [grid], { axes: [0, 1] })[0], [6, 5, 4, 3, 2, 1])
  assert.deepStrictEqual(of("Reverse", [grid], { axes: [1] })[0], [3, 2, 1, 6, 5, 4])
  assert.deepStrictEqual(of("Iota", [], { dtype: "int32", shape: [2, 3], axis: 1 })[0], [0, 1, 2, 0, 1, 2])
  assert.deepStrictEqual(of("Iota", [], { dtype: "float32", shape: [2, 3], axis: 0 })[0], [0, 0, 0, 1, 1, 1])
  assert.deepStrictEqual(of("Fill", [], { dtype: "bool", shape: [2], value: 5 })[0], [1, 1])
})

it("looking up and adding by index", () => {
  assert.deepStrictEqual(of("Gather", [cube, i([2, 0], [2, 1])], { axis: 1 }), [
    [8, 9, 10, 11, 0, 1, 2, 3, 20, 21, 22, 23, 12, 13, 14, 15],
    [2, 2, 1, 4]
  ])
  assert.throws(() => of("Gather", [cube, i([3])], { axis: 1 }), /Gather: expected indices in 0 … 2 \(axis 1 of \[2,3,4\]\), got 3/)
  assert.throws(() => of("Gather", [cube, i([-1])], { axis: 1 }), /got -1/)
  assert.deepStrictEqual(of("SegmentSum", [f([1, 2, 3, 4, 5, 6], [3, 2]), i([1, -1, 1])], { numSegments: 3 }), [
    [0, 0, 6, 8, 0, 0],
    [3, 2]
  ])

  assert.deepStrictEqual(of("OneHot", [i([1, 5, -1])], { depth: 2, onValue: 7, offValue: 2, dtype: "float32" }), [
    [2, 7, 2, 2, 2, 2],
    [3, 2]
  ])
})

it("matrix products in every layout", () => {
  const a = [1, 2, 3, 4, 5, 6]
  const b = Array.from({ length: 21 }, (_, n) => n - 10)
  const transposed = (x: ReadonlyArray<number>, rows: number, columns: number) =>
    Array.from({ length: x.length }, (_, n) => x[(n % rows) * columns + Math.floor(n / rows)]!)
  const expected = Array.from({ length: 14 }, (_, n) => [0, 1, 2].reduce((sum, k) => sum + a[Math.floor(n / 7) * 3 + k]! * b[k * 7 + (n % 7)]!, 0))
  for (const transposeA of [false, true]) {
    for (const transposeB of [false, true]) {
      const x = transposeA ? f(transposed(a, 2, 3), [3, 2]) : f(a, [2, 3])
      const y = transposeB ? f(transposed(b, 3, 7), [7, 3]) : f(b, [3, 7])
      assert.deepStrictEqual(of("MatMul", [x, y], { transposeA, transposeB }), [expected, [2, 7]])
    }
  }
  const row = f([1, 2, 3, 4], [2, 1, 1, 2])
  const columns = f([1, 1, 2, 2, 3, 3], [1, 3, 2, 1])
  assert.deepStrictEqual(of("MatMul", [row, columns], { transposeA: false, transposeB: false }), [
    [3, 6, 9, 7, 14, 21],
    [2, 3, 1, 1]
  ])
  assert.deepStrictEqual(of("MatMul", [f([], [2, 0]), f([], [0, 1])], { transposeA: false, transposeB: false })[0], [0, 0])
})

it("softmax of far-off rows", () => {
  const x = f([1000, 1000, -1000, -1000], [2, 2])
  assert.deepStrictEqual(of("Softmax", [x], {})[0], [0.5, 0.5, 0.5, 0.5])
  assert.deepStrictEqual(of("LogSoftmax", [x], {})[0], rounded(new Array<number>(4).fill(-Math.log(2))))
})

it("random ops draw RandomKey's bits", () => {
  const graph = (() => {
    const b = Builder.make()
    const key = b.parameter("random_key", { _tag: "State", kind: "random", trainable: false }, { dtype: "int32", shape: [3] })
    b.output("y", { _tag: "Outfeed" }, b.add("RandomNormal", [key], { shape: [3], draw: 4 }))
    return b.build()
  })()
  const key = Int32Array.of(1, 2, 3)
  const outputs = Evaluate.make(graph).run([[key], [key]])
  outputs.forEach((output, replica) => {
    const expected = new Float32Array(3)
    RandomKey.fillNormal(expected, key, replica, 4)
    assert.deepStrictEqual(output[0], expected)
  })
})

it("sums over replicas in order, rounding each time", () => {
  const { graph } = builtWith([f([0])], (b, [x]) =>
    Builder.binary(b, "Add", b.add("CrossReplicaSum", [x!], {}), b.add("Cast", [b.add("ReplicaId", [], {})], { dtype: "float32" }))
  )
  const values = [16777216, 1, 1, -16777216]
  const outputs = Evaluate.make(graph).run(values.map((value) => [Float32Array.of(value)]))
  assert.deepStrictEqual(
    outputs.map(([y]) => y![0]),
    [0, 1, 2, 3]
  )
})

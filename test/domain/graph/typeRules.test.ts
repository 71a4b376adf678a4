import { assert, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { opNames } from "../../../src/domain/graph/attrSpecs.ts"
import type { OpAttrs, OpName } from "../../../src/domain/graph/ops.ts"
import { inferType, typeRules } from "../../../src/domain/graph/typeRules.ts"
import { type DType, printType, type Shape, type TensorType } from "../../../src/domain/Tensor.ts"

const type =
  (dtype: DType) =>
  (...shape: Shape): TensorType => ({ dtype, shape })
const f = type("float32")
const i = type("int32")
const bool = type("bool")

/** The result's type, or what was refused. */
const of = <K extends OpName>(op: K, inputs: ReadonlyArray<TensorType>, attrs: OpAttrs[K]): string =>
  Result.match(inferType(op, inputs, attrs), { onSuccess: printType, onFailure: (detail) => detail })

const conv = {
  strides: [2, 1],
  padding: [
    [1, 1],
    [0, 0]
  ],
  dilations: [1, 2]
} as const
const pool = {
  window: [2, 2],
  strides: [2, 2],
  padding: [
    [0, 0],
    [0, 1]
  ]
} as const
const flat = { transposeA: false, transposeB: false }

it("gives the result's type", () => {
  assert.strictEqual(of("Exp", [f(2, 3)], {}), "f32[2,3]")
  assert.strictEqual(of("Neg", [i(2)], {}), "i32[2]")
  assert.strictEqual(of("Add", [i(2), i(2)], {}), "i32[2]")
  assert.strictEqual(of("Less", [f(2), f(2)], {}), "bool[2]")
  assert.strictEqual(of("IsNan", [f(2)], {}), "bool[2]")
  assert.strictEqual(of("ReduceSum", [f(2, 3, 4)], { axes: [0, 2], keepDims: false }), "f32[3]")
  assert.strictEqual(of("ReduceMax", [i(2, 3, 4)], { axes: [0, 2], keepDims: true }), "i32[1,3,1]")
  assert.strictEqual(of("RandomNormal", [i(3)], { shape: [4, 5], draw: 0 }), "f32[4,5]")
  assert.strictEqual(of("Select", [bool(2), i(2), i(2)], {}), "i32[2]")
  assert.strictEqual(of("Broadcast", [f(3, 1)], { shape: [2, 3, 4] }), "f32[2,3,4]")
  assert.strictEqual(of("Concat", [f(2, 3), f(2, 0), f(2, 1)], { axis: 1 }), "f32[2,4]")
  assert.strictEqual(of("Slice", [f(5)], { begin: [1], size: [2], strides: [3] }), "f32[2]")
  assert.strictEqual(of("Pad", [bool(2)], { paddings: [[1, 2]], value: 0 }), "bool[5]")
  assert.strictEqual(of("Gather", [f(2, 3, 4), i(5, 6)], { axis: 1 }), "f32[2,5,6,4]")
  assert.strictEqual(of("SegmentSum", [f(2, 3, 4), i(2, 3)], { numSegments: 7 }), "f32[7,4]")
  assert.strictEqual(of("OneHot", [i(2)], { depth: 3, onValue: 1, offValue: 0, dtype: "bool" }), "bool[2,3]")
  assert.strictEqual(of("ArgMax", [f(2, 3)], { axis: 0 }), "i32[3]")
  assert.strictEqual(of("MatMul", [f(2, 1, 3, 4), f(1, 5, 4, 6)], flat), "f32[2,5,3,6]")
  assert.strictEqual(of("MatMul", [f(4, 3), f(6, 4)], { transposeA: true, transposeB: true }), "f32[3,6]")
  assert.strictEqual(of("Conv2D", [f(2, 8, 9, 3), f(3, 2, 3, 5)], conv), "f32[2,4,7,5]")
  assert.strictEqual(of("Conv2D", [f(2, 8, 9, 3), f(3, 2, 3, 5)], { ...conv, depthwise: true }), "f32[2,4,7,15]")
  assert.strictEqual(of("Conv2DBackpropInput", [f(2, 4, 7, 5), f(3, 2, 3, 5)], { ...conv, inputShape: [2, 8, 9, 3] }), "f32[2,8,9,3]")
  assert.strictEqual(of("Conv2DBackpropFilter", [f(2, 8, 9, 3), f(2, 4, 7, 5)], { ...conv, filterShape: [3, 2, 3, 5] }), "f32[3,2,3,5]")
  assert.strictEqual(of("MaxPool", [f(1, 4, 5, 2)], pool), "f32[1,2,3,2]")
  assert.strictEqual(of("CrossReplicaSum", [f(2)], {}), "f32[2]")
})

it("refuses with what was expected and what came", () => {
  assert.strictEqual(of("Exp", [], {}), "expected 1 operand, got no operands")
  assert.strictEqual(of("Exp", [i(2)], {}), "expected float32 for the operand, got i32[2]")
  assert.strictEqual(of("Add", [f(2), i(2)], {}), "expected operands of one dtype (a Cast node converts), got f32[2], i32[2]")
  assert.strictEqual(of("Add", [f(2), f(1)], {}), "expected operands of one shape (a Broadcast node repeats elements), got f32[2], f32[1]")
  assert.strictEqual(of("Add", [bool(2), bool(2)], {}), "expected float32 or int32 for the operands, got bool[2]")
  assert.strictEqual(of("And", [f(2), f(2)], {}), "expected bool for the operands, got f32[2]")
  assert.strictEqual(of("ReduceSum", [f(2, 3)], { axes: [1, 0], keepDims: false }), "expected ascending axes without repeats, got [1,0]")
  assert.strictEqual(of("ReduceSum", [f(2, 3)], { axes: [-1], keepDims: false }), "expected an axis in 0 … 1 of f32[2,3], got axis -1")
  assert.strictEqual(of("ReduceMean", [i(2)], { axes: [0], keepDims: false }), "expected float32 for the operand, got i32[2]")
  assert.strictEqual(of("RandomUniform", [i(2)], { shape: [], draw: 0 }), "expected i32[3] for the random key, got i32[2]")
  assert.strictEqual(of("Constant", [], { shape: [3], data: new Float32Array(2) }), "expected 3 elements for shape [3], got 2")
  assert.strictEqual(of("Reshape", [f(6)], { shape: [4] }), "expected a shape of 6 elements, as f32[6], got [4]")
  assert.strictEqual(of("Transpose", [f(2, 3)], { perm: [0, 0] }), "expected each axis of f32[2,3] once, got [0,0]")
  assert.strictEqual(of("Broadcast", [f(2)], { shape: [2, 3] }), "expected a shape that f32[2] broadcasts to, got [2,3]")
  assert.strictEqual(of("Concat", [f(2, 3), f(3, 3)], { axis: 1 }), "expected operands that differ on axis 1 only, got f32[2,3], f32[3,3]")
  assert.strictEqual(
    of("Slice", [f(5)], { begin: [1], size: [3], strides: [2] }),
    "expected elements within 0 … 4 on axis 0 of f32[5], got element 5"
  )
  assert.strictEqual(of("Pad", [f(5)], { paddings: [[-1, 0]], value: 0 }), "expected a whole padding of at least 0, got -1")
  assert.strictEqual(of("Gather", [f(5), f(5)], { axis: 0 }), "expected int32 for the indices, got f32[5]")
  assert.strictEqual(of("SegmentSum", [f(5), i(4)], { numSegments: 1 }), "expected ids with the leading extents of the rows, got f32[5], i32[4]")
  assert.strictEqual(of("ArgMax", [f(0)], { axis: 0 }), "expected elements along axis 0, got f32[0]")
  assert.strictEqual(
    of("MatMul", [f(2, 3), f(2, 3)], flat),
    "expected equal inner extents, got 3 and 2 in f32[2,3], f32[2,3] with transposeA=false, transposeB=false"
  )
  assert.include(of("MatMul", [f(2, 1, 1), f(3, 1, 1)], flat), "expected batch extents that are equal or 1")
  assert.strictEqual(of("Softmax", [f()], {}), "expected a rank of at least 1, got f32[]")
  assert.strictEqual(of("Conv2D", [f(2, 8, 9, 3), f(3, 2, 4, 5)], conv), "expected 3 input channels, as the image [2,8,9,3], got filter [3,2,4,5]")
  assert.include(of("Conv2D", [f(2, 0, 9, 3), f(3, 2, 3, 5)], conv), "expected a window that fits the padded image")
  assert.strictEqual(of("AvgPoolGrad", [f(1, 2, 2, 2)], { ...pool, inputShape: [1, 4, 5, 2] }), "expected f32[1,2,3,2] for dy, got f32[1,2,2,2]")
})

it("has a rule for every op", () => {
  assert.deepStrictEqual(Object.keys(typeRules).sort(), [...opNames].sort())
})

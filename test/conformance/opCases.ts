/** The op suite: cases that every engine must compute as the reference does, but for windows. */
import { binaryOps, compareOps, reduceOps, unaryOps } from "../../src/domain/graph/ops.ts"
import type { DType, TensorType } from "../../src/domain/Tensor.ts"
import { adder, bool, type Case, f32, i32 } from "./opCase.ts"
import { largeCases } from "./opCasesLarge.ts"
import { windowCases } from "./opCasesWindows.ts"

const cases: Array<Case> = []

const add = adder(cases)

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
const gaps = Float32Array.of(NaN, 1, -Infinity, NaN, 3, 3)
add("TopKValues", [f32(6)], { k: 5 }, { what: "with NaN", data: [gaps] })
add("TopKIndices", [f32(6)], { k: 6 }, { what: "with NaN", data: [gaps] })
add("SegmentSum", [f32(6, 2), i32(6)], { numSegments: 3 }, { what: "ids beyond the last", data: [undefined, ids] })
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

/** All of them. */
export const opCases: ReadonlyArray<Case> = [...cases, ...windowCases, ...largeCases]

/**
 * The part of the op suite with arrays of thousands of elements: compilers take other ways there (vectors, threads, libraries) than with
 * a few. Extents are odd, so that there are remainders, too.
 */
import { binaryOps, compareOps, reduceOps, type UnaryOp, unaryOps } from "../../src/domain/graph/ops.ts"
import { allocate, type DType, type TensorData } from "../../src/domain/Tensor.ts"
import { adder, bool, type Case, f32, i32 } from "./opCase.ts"

const cases: Array<Case> = []

const add = adder(cases)

const [rows, columns] = [67, 129]
const size = rows * columns

/** `size` numbers by their index. */
const made = (dtype: DType, of: (i: number) => number): TensorData => {
  const data = allocate(dtype, size)
  for (let i = 0; i < size; i++) data[i] = of(i)
  return data
}

/** From `low` to `high` in equal steps, not in their order. */
const spread = (low: number, high: number) => made("float32", (i) => low + ((high - low) * ((i * 4801) % size)) / (size - 1))

const domains: { readonly [Op in UnaryOp]?: readonly [low: number, high: number] } = {
  Log: [1e-3, 50],
  Sqrt: [0, 50],
  Rsqrt: [1e-3, 50],
  Reciprocal: [0.1, 50],
  Acosh: [1, 50],
  Asin: [-1, 1],
  Acos: [-1, 1],
  Atanh: [-0.99, 0.99],
  Log1p: [-0.9, 50],
  Tan: [-1.4, 1.4]
}
const what = "many"
for (const op of unaryOps) {
  const [low, high] = domains[op] ?? [-8, 8]
  add(op, [f32(rows, columns)], {}, { data: [spread(low, high)], what, tolerance: 1e-5 })
}
const [wide, other] = [spread(-8, 8), made("float32", (i) => ((i * 7) % 31) / 4 - 3.875)]
const small = made("int32", (i) => ((i * 7) % 23) - 11)
const whole = made("int32", (i) => ((i * 4801) % size) - (size >> 1))
for (const op of binaryOps) {
  const data = op === "Pow" ? [spread(0.1, 4), other] : [wide, other]
  add(op, [f32(rows, columns), f32(rows, columns)], {}, { data, what, tolerance: 1e-5 })
  if (op === "Atan2") continue
  const ints = op === "Pow" ? [made("int32", (i) => (i % 7) - 3), made("int32", (i) => i % 8)] : [whole, small]
  add(op, [i32(rows, columns), i32(rows, columns)], {}, { data: ints, what: "many int32" })
}
add("Atan2", [f32(rows, columns), f32(rows, columns)], {}, { data: [wide, made("float32", () => 1)], what: "many by ones", tolerance: 1e-5 })
const gaps = made("float32", (i) => (i % 97 === 5 ? NaN : ((i * 31) % 41) - 20))
for (const op of compareOps) add(op, [f32(rows, columns), f32(rows, columns)], {}, { data: [gaps, other], what: "many with NaN" })
for (const op of ["Max", "Min"] as const) add(op, [f32(rows, columns), f32(rows, columns)], {}, { data: [gaps, wide], what: "many with NaN" })
for (const dtype of ["int32", "bool"] as const) add("Cast", [f32(rows, columns)], { dtype }, { data: [wide], what: `many to ${dtype}` })
add("Select", [bool(rows, columns), f32(rows, columns), f32(rows, columns)], {}, { data: [undefined, gaps, wide], what })

// nothing that cancels
const lean = spread(-7, 8)
const near = made("float32", (i) => 1 + ((i % 5) - 2) / 4096)
for (const op of reduceOps) {
  const isOfBools = op === "ReduceAny" || op === "ReduceAll"
  const type = isOfBools ? bool(rows, columns) : f32(rows, columns)
  const rare = made("bool", (i) => ((i % 97 === 5) === (op === "ReduceAny") ? 1 : 0))
  for (const axes of [[0], [1], [0, 1]]) {
    const data = [isOfBools ? rare : op === "ReduceProd" ? near : lean]
    add(op, [type], { axes, keepDims: false }, { data, what: `many over [${axes}]`, tolerance: 1e-4 })
    if (op === "ReduceMax" || op === "ReduceMin") add(op, [type], { axes, keepDims: false }, { data: [gaps], what: `many with NaN over [${axes}]` })
  }
}
for (const axis of [0, 1]) {
  for (const op of ["ArgMax", "ArgMin"] as const) add(op, [f32(rows, columns)], { axis }, { data: [gaps], what: `many with NaN, axis ${axis}` })
  add("CumSum", [f32(rows, columns)], { axis, exclusive: false, reverse: true }, { what: `many, axis ${axis}`, tolerance: 1e-4 })
  add("Gather", [f32(rows, columns), i32(37)], { axis }, { data: [undefined, Int32Array.from({ length: 37 }, (_, i) => (i * 11) % rows)], what })
}
add("TopKValues", [f32(rows, columns)], { k: 5 }, { data: [gaps], what: "many with NaN" })
add("TopKIndices", [f32(rows, columns)], { k: columns }, { what })
add("Softmax", [f32(rows, columns)], {}, { data: [wide], what, tolerance: 1e-5 })
add("LogSoftmax", [f32(rows, columns)], {}, { data: [wide], what, tolerance: 1e-5 })
add("Transpose", [f32(5, 33, 65)], { perm: [2, 0, 1] }, { what })
add("Reverse", [f32(5, 33, 65)], { axes: [0, 2] }, { what })
add("Slice", [f32(5, 33, 65)], { begin: [1, 2, 3], size: [3, 10, 20], strides: [1, 3, 3] }, { what })
add(
  "SegmentSum",
  [f32(rows, columns), i32(rows)],
  { numSegments: 10 },
  { data: [undefined, Int32Array.from({ length: rows }, (_, i) => (i * 5) % 12)], what, tolerance: 1e-4 }
)
add("MatMul", [f32(33, 129), f32(129, 65)], { transposeA: false, transposeB: false }, { what, tolerance: 1e-4 })

export const largeCases: ReadonlyArray<Case> = cases

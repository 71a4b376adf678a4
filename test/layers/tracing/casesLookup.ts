/** Searches, the k largest, and rows that are overwritten. */
import * as tf from "@tensorflow/tfjs-core"
import { bool, f32, i32, type Input, values } from "./harness.ts"
import { type Case, x2 } from "./kernelCase.ts"

/** Each row in order. */
const sorted = ({ dtype, shape, data }: Input): Input => {
  const n = shape[shape.length - 1]!
  const rows = Array.from({ length: data.length / n }, (_, r) => [...data.slice(r * n, (r + 1) * n)].sort((a, b) => a - b))
  return values(dtype, shape, ...rows.flat())
}

/** Written to twice and three times: the last one stays. */
const rows = values("int32", [6, 1], 1, 3, 1, 0, 3, 1)
const places = values("int32", [4, 2], 0, 1, 2, 0, 0, 1, 1, 1)
const specials = values("float32", [3, 2], Infinity, 1, NaN, -0, -Infinity, 2)
const first = values("int32", [3, 1], 2, 0, 2)

const literal = ({ data, shape, dtype }: Input) => tf.tensor(data, [...shape], dtype)

export const lookups: ReadonlyArray<Case> = [
  ...(["left", "right"] as const).flatMap((side): ReadonlyArray<Case> => [
    [`searchSorted, ${side}`, (s, v) => tf.searchSorted(s!, v!, side), [sorted(i32([2, 7], 0, 6)), i32([2, 5], -1, 7)]],
    [`searchSorted in long rows, ${side}`, (s, v) => tf.searchSorted(s!, v!, side), [sorted(i32([2, 131], 0, 60)), i32([2, 40], -2, 62)]],
    [`searchSorted in rows of 128, ${side}`, (s, v) => tf.searchSorted(s!, v!, side), [sorted(f32([1, 128])), f32([1, 30], -3, 3)]]
  ]),
  ["lowerBound and upperBound", (s, v) => [tf.lowerBound(s!, v!), tf.upperBound(s!, v!)], [sorted(f32([6])), f32([9], -3, 3)]],
  ["topk of many", (x) => Object.values(tf.topk(x!, 100)), [f32([3, 150])]],
  ["topk of all", (x) => Object.values(tf.topk(x!, 5)), [i32([4, 5], 0, 3)]],
  ["topk of rank 3", (x) => Object.values(tf.topk(x!, 2)), [f32([2, 3, 4])]],
  ["tensorScatterUpdate", (x, i, u) => tf.tensorScatterUpdate(x!, i!, u!), [f32([5, 2]), rows, f32([6, 2])]],
  ["tensorScatterUpdate at literals", (x, u) => tf.tensorScatterUpdate(x!, literal(rows), u!), [f32([5, 2]), f32([6, 2])]],
  ["tensorScatterUpdate of elements", (x, i, u) => tf.tensorScatterUpdate(x!, i!, u!), [i32([3, 2]), places, i32([4])]],
  ["tensorScatterUpdate of blocks", (x, i, u) => tf.tensorScatterUpdate(x!, i!, u!), [f32([3, 2, 2]), places, f32([4, 2])]],
  ["tensorScatterUpdate with infinities and NaN", (x, i, u) => tf.tensorScatterUpdate(x!, i!, u!), [f32([3, 2]), first, specials]],
  ["sparseToDense", (i, v) => tf.sparseToDense(i!, v!, [6], 7), [values("int32", [4], 5, 0, 2, 0), f32([4])]],
  ["sparseToDense of places", (i, v) => tf.sparseToDense(i!, v!, [3, 2], -1), [places, i32([4])]],
  ["sparseToDense of one value", (i, v) => tf.sparseToDense(i!, v!, [3, 2], 0), [places, f32([])]],
  ["sparseToDense of bools", (i, v) => tf.sparseToDense(i!, v!, [4], tf.scalar(true, "bool")), [values("int32", [3], 1, 2, 1), bool([3])]],
  ["bandPart", (x) => [tf.linalg.bandPart(x!, 1, -1), tf.linalg.bandPart(x!, 0, 2)], [f32([2, 4, 5])]],
  ["bitwiseAnd", (a, b) => tf.bitwiseAnd(x2(a), x2(b)), [i32([3, 4], -2000, 2000), i32([3, 4], -900, 900)]],
  ["broadcastArgs", (a, b) => tf.broadcastArgs(a!, b!), [values("int32", [3], 1, 4, 1), values("int32", [2], 4, 5)]]
]

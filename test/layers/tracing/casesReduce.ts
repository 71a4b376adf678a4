/** Reductions, arg-reductions, cumulative kernels, softmax. */
import * as tf from "@tensorflow/tfjs-core"
import { bool, f32, i32, values } from "./harness.ts"
import { type Case } from "./kernelCase.ts"

const reducing = ["sum", "mean", "max", "min"] as const

const reduce = (name: keyof typeof tf) => tf[name] as (x: tf.Tensor, axis?: number | Array<number>, keepDims?: boolean) => tf.Tensor

export const reductions: ReadonlyArray<Case> = [
  ...reducing.flatMap((name): ReadonlyArray<Case> => [
    [name, (x) => reduce(name)(x!), [f32([3, 4])], "grad"],
    [`${name} over axis 0`, (x) => reduce(name)(x!, 0), [f32([3, 4])], "grad"],
    [`${name} over axes, kept`, (x) => reduce(name)(x!, [-1, 0], true), [f32([2, 3, 4])], "grad"],
    [`${name} of int32`, (x) => reduce(name)(x!, 1), [i32([3, 4])]]
  ]),
  ["prod", (x) => tf.prod(x!, 1), [f32([3, 4])], "grad"],
  ["prod of int32", (x) => tf.prod(x!), [i32([4], 1, 4)]],
  ["sum of bool", (x) => tf.sum(x!), [bool([9])]],
  ["any", (x) => tf.any(x!, 0), [bool([3, 4])]],
  ["all", (x) => tf.all(x!, [1], true), [bool([3, 2])]],
  ["argMax", (x) => [tf.argMax(x!, 0), tf.argMax(x!, -1)], [f32([3, 4])]],
  ["argMin of ties", (x) => tf.argMin(x!, 1), [i32([4, 5], 0, 2)]],
  ["cumsum", (x) => [tf.cumsum(x!, 0), tf.cumsum(x!, 1, true), tf.cumsum(x!, 1, false, true)], [f32([3, 4])]],
  ["cumprod", (x) => [tf.cumprod(x!, 0), tf.cumprod(x!, 1, true), tf.cumprod(x!, 1, false, true)], [f32([3, 5])]],
  ["gradient of cumsum", (x) => tf.cumsum(x!, 1, true, true), [f32([3, 4])], "grad"],
  ["softmax", (x) => tf.softmax(x!), [f32([2, 3, 5])], "grad"],
  ["logSoftmax", (x) => tf.logSoftmax(x!), [f32([4, 5], -30, 30)], "grad"],
  ["logSoftmax of far rows", (x) => tf.logSoftmax(x!), [values("float32", [2, 2], -500, -501, 0, 1)]],
  ["logSumExp", (x) => tf.logSumExp(x!, 1), [f32([3, 4])], "grad"],
  ["moments", (x) => Object.values(tf.moments(x!, [0, 1])), [f32([3, 4, 2])], "grad"],
  ["norm", (x) => tf.norm(x!, 2, 1), [f32([3, 4])], "grad"],
  ["topk", (x) => Object.values(tf.topk(x!, 3)), [f32([4, 6])]],
  ["topk of int32 with ties", (x) => Object.values(tf.topk(x!, 2)), [i32([3, 5], 0, 3)]]
]

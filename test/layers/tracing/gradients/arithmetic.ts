/** Arithmetic, reductions, products, activations. */
import * as tf from "@tensorflow/tfjs-core"
import { bool, f32, type Input, values } from "../harness.ts"
import { x2, x3, x4 } from "../kernelCase.ts"
import type { GradientCase } from "./differences.ts"

/** Far apart, so that no step of a difference changes which is the larger. */
const distinct = (...shape: ReadonlyArray<number>): Input => {
  const n = shape.reduce((a, b) => a * b, 1)
  return values("float32", shape, ...Array.from({ length: n }, (_, i) => (((i * 7 + 3) % n) - n / 2 + 0.25) * 0.3))
}

const pair = (name: "maximum" | "minimum" | "squaredDifference" | "mul" | "sub" | "div") => tf[name] as (a: tf.Tensor, b: tf.Tensor) => tf.Tensor // of such functions

export const arithmetic: ReadonlyArray<GradientCase> = [
  ...(["maximum", "minimum", "squaredDifference", "mul", "sub", "div"] as const).flatMap((name): ReadonlyArray<GradientCase> => [
    [`${name}, a row against rows`, (a, b) => pair(name)(a!, b!), [distinct(3, 4), values("float32", [4], 0.6, 1.9, -1.1, 2.4)]],
    [`${name}, both repeated`, (a, b) => pair(name)(a!, b!), [distinct(3, 1, 2), values("float32", [4, 1], 0.9, -1.7, 2.2, 1.3)]]
  ]),
  ["pow, repeated", (a, b) => tf.pow(a!, b!), [f32([2, 3], 0.6, 2), f32([3], 0.5, 2)]],
  ["atan2, repeated", (a, b) => tf.atan2(a!, b!), [f32([2, 3], 0.6, 2), f32([3], 0.6, 2)]],
  ["prelu", (x, a) => tf.prelu(x!, a!), [distinct(3, 4), f32([4], 0.1, 0.9)]],
  ["leakyRelu", (x) => tf.leakyRelu(x!, 0.3), [distinct(7)]],
  ["elu and selu", (x) => [tf.elu(x!), tf.selu(x!)], [distinct(9)]],
  ["where", (c, a, b) => tf.where(c!, a!, b!), [bool([3, 4]), f32([3, 4]), f32([4])]],
  ["where by a compared variable", (a, b) => tf.where(tf.greater(a!, 0.1), tf.square(a!), b!), [distinct(8), f32([8])]],
  ["matMul, one batch for all", (a, b) => tf.matMul(a!, b!), [f32([3, 2, 4]), f32([1, 4, 3])]],
  ["matMul, both repeated, transposed", (a, b) => tf.matMul(a!, b!, true, true), [f32([2, 1, 4, 2]), f32([1, 3, 3, 4])]],
  ["einsum of three labels", (a, b) => tf.einsum("bij,bjk->ik", a!, b!), [f32([2, 3, 4]), f32([2, 4, 2])]],
  ["cumsum on the first axis", (x) => tf.cumsum(x!, 0), [f32([3, 3])]],
  ["cumsum on a middle axis, exclusive and back", (x) => tf.cumsum(x!, 1, true, true), [f32([2, 3, 2])]],
  ["cumprod", (x) => tf.cumprod(x!, 1), [f32([3, 5])]],
  ["cumprod, exclusive and back", (x) => tf.cumprod(x!, 0, true, true), [f32([4, 2])]],
  ["cumprod through a zero", (x) => tf.cumprod(x!, -1), [values("float32", [2, 4], 1, 0, 2, 3, 0, -1, 0, 2)]],
  ["prod over the last axis, by -1", (x) => tf.prod(x!, -1), [f32([3, 4])]],
  ["prod over two axes", (x) => tf.prod(x!, [2, 0]), [f32([2, 3, 2])]],
  ["prod through a zero, kept", (x) => tf.prod(x!, 1, true), [values("float32", [2, 3], 1, 0, 2, 3, -1, 2)]],
  ["max and min", (x) => [tf.max(x!, 1), tf.min(x!, [0, -1])], [distinct(2, 3, 3)]],
  ["mean and moments", (x) => [tf.mean(x!, [-1]), tf.moments(x!, 0).variance], [f32([3, 4])]],
  ["logSumExp and softmax", (x) => [tf.logSumExp(x!, 0), tf.softmax(x!)], [f32([3, 4])]],
  ["localResponseNormalization", (x) => tf.localResponseNormalization(x4(x), 2, 1, 0.5, 0.75), [f32([1, 2, 2, 6])]],
  [
    "batchNorm",
    (x, m, v, o, s) => tf.batchNorm4d(x4(x), m as tf.Tensor1D, v as tf.Tensor1D, o as tf.Tensor1D, s as tf.Tensor1D, 1e-3),
    [f32([2, 2, 2, 3]), f32([3]), f32([3], 0.5, 2), f32([3]), f32([3])]
  ],
  ["depthwiseConv2d", (x, f) => tf.depthwiseConv2d(x4(x), x4(f), 1, "same"), [f32([1, 4, 3, 2]), f32([3, 2, 2, 2])]],
  ["conv1d", (x, f) => tf.conv1d(x3(x), x3(f), 2, "valid"), [f32([2, 6, 2]), f32([3, 2, 2])]],
  ["fused matMul", (a, b, c) => tf.fused.matMul({ a: x2(a), b: x2(b), bias: c!, activation: "relu" }), [f32([3, 4]), f32([4, 2]), f32([2])]],
  [
    "searches are flat",
    (edges, x) => [tf.add(tf.sum(edges!), tf.cast(tf.searchSorted(tf.cumsum(tf.exp(edges!)), x!), "float32")), x!],
    [f32([5], -1, 1), f32([3], 1, 5)]
  ],
  // their gradients use their own results
  ...(
    [
      ["exp", tf.exp],
      ["tanh", tf.tanh],
      ["sigmoid", tf.sigmoid],
      ["softmax", tf.softmax],
      ["logSoftmax", tf.logSoftmax],
      ["elu", tf.elu]
    ] satisfies ReadonlyArray<readonly [string, (x: tf.Tensor) => tf.Tensor]>
  ).map(([name, f]): GradientCase => [
    `the gradient of a gradient of ${name}`,
    (a) => tf.grad((b) => tf.sum(tf.square(f(b))))(a!),
    [f32([2, 3], -1, 1)]
  ])
]

export { distinct }

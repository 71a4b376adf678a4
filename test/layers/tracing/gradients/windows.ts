/** Convolutions and poolings. */
import * as tf from "@tensorflow/tfjs-core"
import { f32 } from "../harness.ts"
import { x1, x3, x4, x5 } from "../kernelCase.ts"
import { distinct } from "./arithmetic.ts"
import type { GradientCase } from "./differences.ts"

export const windows: ReadonlyArray<GradientCase> = [
  ...(["valid", "same"] as const).flatMap((pad): ReadonlyArray<GradientCase> => [
    [`conv3d, ${pad}`, (x, f) => tf.conv3d(x5(x), x5(f), [2, 1, 2], pad), [f32([1, 4, 3, 4, 2]), f32([2, 2, 3, 2, 2])]],
    [`maxPool3d, ${pad}`, (x) => tf.maxPool3d(x5(x), [2, 3, 2], [1, 2, 1], pad), [distinct(1, 3, 4, 3, 2)]],
    [`avgPool3d, ${pad}`, (x) => tf.avgPool3d(x5(x), [2, 3, 2], [2, 1, 1], pad), [f32([1, 3, 4, 3, 2])]],
    [`avgPool, ${pad}`, (x) => tf.avgPool(x4(x), [2, 3], 2, pad), [f32([1, 5, 4, 2])]],
    [`dilation2d, ${pad}`, (x, f) => tf.dilation2d(x4(x), x3(f), [1, 2], pad), [distinct(1, 4, 5, 2), distinct(2, 2, 2)]],
    [`maxPoolWithArgmax, ${pad}`, (x) => Object.values(tf.maxPoolWithArgmax(x4(x), 2, 1, pad)), [distinct(1, 4, 3, 2)]]
  ]),
  ["conv3dTranspose", (x, f) => tf.conv3dTranspose(x5(x), x5(f), [1, 4, 4, 4, 1], 2, "same"), [f32([1, 2, 2, 2, 2]), f32([2, 2, 2, 1, 2])]],
  [
    "the gradient of a gradient of conv3d",
    (x, f) => tf.grads((a, b) => tf.sum(tf.square(tf.conv3d(x5(a), x5(b), [1, 2, 1], "same"))))([x!, f!]),
    [f32([1, 2, 3, 2, 1], -1, 1), f32([2, 2, 1, 1, 2], -1, 1)]
  ],
  [
    "the gradient of a convolution's gradient",
    (x, f) => tf.grads((a, b) => tf.sum(tf.square(tf.conv2d(x4(a), x4(b), 1, "same"))))([x!, f!]),
    [f32([1, 3, 3, 1], -1, 1), f32([2, 2, 1, 2], -1, 1)]
  ],
  ...(
    [
      ["conv2d", (x, f) => tf.conv2d(x4(x), x4(f), 1, "same", "NHWC", [2, 1]), [f32([1, 5, 4, 2], -1, 1), f32([2, 2, 2, 2], -1, 1)]],
      ["conv2d, NCHW", (x, f) => tf.conv2d(x4(x), x4(f), 1, "valid", "NCHW", 2), [f32([1, 2, 5, 4], -1, 1), f32([2, 2, 2, 1], -1, 1)]],
      ["depthwiseConv2d", (x, f) => tf.depthwiseConv2d(x4(x), x4(f), 1, "same", "NHWC", [1, 2]), [f32([1, 4, 5, 2], -1, 1), f32([2, 2, 2, 2], -1, 1)]]
    ] satisfies ReadonlyArray<GradientCase>
  ).map(([name, f, inputs]): GradientCase => [`a dilated ${name}`, f, inputs]),
  ["conv2d, extents rounded up", (x, f) => tf.conv2d(x4(x), x4(f), 2, 0, "NHWC", 1, "ceil"), [f32([1, 4, 4, 1], -1, 1), f32([3, 3, 1, 1], -1, 1)]],
  ["maxPool, extents rounded up", (x) => tf.maxPool(x4(x), 2, 2, 0, "ceil"), [distinct(1, 5, 5, 1)]],
  ["avgPool, extents rounded up", (x) => tf.avgPool(x4(x), 2, 2, 0, "ceil"), [f32([1, 5, 5, 1])]],
  ["batchNorm without scale and offset", (x, m, v) => tf.batchNorm(x!, x1(m), x1(v)), [f32([2, 3, 2, 3], -1, 1), f32([3], -1, 1), f32([3], 1, 2)]],
  [
    "batchNorm without scale",
    (x, m, v, o) => tf.batchNorm(x!, x1(m), x1(v), x1(o)),
    [f32([4, 3], -1, 1), f32([3], -1, 1), f32([3], 1, 2), f32([3], -1, 1)]
  ],
  [
    "batchNorm, statistics of every element",
    (x, m, v, o, s) => tf.batchNorm(x!, m!, v!, o, s),
    [f32([2, 3], -1, 1), f32([2, 3], -1, 1), f32([2, 3], 1, 2), f32([2, 3], -1, 1), f32([2, 3], 1, 2)]
  ],
  ...(
    [
      ["maxPool", (x) => tf.maxPool(x4(x), 2, 2, "same"), distinct(1, 3, 4, 2)],
      ["avgPool", (x) => tf.avgPool(x4(x), [2, 3], 1, "same"), f32([1, 3, 4, 2], -1, 1)],
      ["elu", (x) => tf.elu(x), f32([7], -2, 2)],
      ["resizeBilinear", (x) => tf.image.resizeBilinear(x3(x), [3, 5]), f32([2, 3, 2], -1, 1)]
    ] satisfies ReadonlyArray<readonly [string, (x: tf.Tensor) => tf.Tensor, GradientCase[2][number]]>
  ).map(([name, f, x]): GradientCase => [
    `the gradient of a gradient of ${name}`,
    (a) => tf.grad((b) => tf.sum(tf.mul(tf.square(f(b)), 0.5)))(a!),
    [x]
  ]),
  [
    "the gradient of a gradient of depthwiseConv2d",
    (x, f) => tf.grads((a, b) => tf.sum(tf.square(tf.depthwiseConv2d(x4(a), x4(b), 1, "same"))))([x!, f!]),
    [f32([1, 3, 3, 2], -1, 1), f32([2, 2, 2, 1], -1, 1)]
  ],
  [
    "the gradient of a gradient of conv2dTranspose",
    (x, f) => tf.grads((a, b) => tf.sum(tf.square(tf.conv2dTranspose(x4(a), x4(b), [1, 4, 4, 1], 2, "same"))))([x!, f!]),
    [f32([1, 2, 2, 2], -1, 1), f32([2, 2, 1, 2], -1, 1)]
  ]
]

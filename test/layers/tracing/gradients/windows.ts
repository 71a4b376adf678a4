/** Convolutions and poolings. */
import * as tf from "@tensorflow/tfjs-core"
import { f32 } from "../harness.ts"
import { x3, x4, x5 } from "../kernelCase.ts"
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
  ]
]

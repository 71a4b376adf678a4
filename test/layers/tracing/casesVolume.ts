/** Convolutions and poolings of volumes, and windows whose elements are looked at one by one. */
import * as tf from "@tensorflow/tfjs-core"
import { f32, i32, values } from "./harness.ts"
import { type Case, x3, x4, x5 } from "./kernelCase.ts"

const pads = ["valid", "same"] as const

export const volumes: ReadonlyArray<Case> = [
  ...pads.flatMap((pad): ReadonlyArray<Case> => [
    [`conv3d, ${pad}`, (x, f) => tf.conv3d(x5(x), x5(f), 1, pad), [f32([2, 3, 4, 5, 2]), f32([2, 3, 2, 2, 3])], "grad"],
    [`conv3d with strides, ${pad}`, (x, f) => tf.conv3d(x5(x), x5(f), [2, 1, 2], pad), [f32([1, 5, 4, 5, 2]), f32([3, 2, 3, 2, 2])], "grad"],
    [`conv3d, dilated, ${pad}`, (x, f) => tf.conv3d(x5(x), x5(f), 1, pad, "NDHWC", [2, 1, 2]), [f32([1, 5, 4, 6, 1]), f32([2, 2, 2, 1, 3])]],
    [
      `conv3dTranspose, ${pad}`,
      (x, f) => tf.conv3dTranspose(x5(x), x5(f), pad === "same" ? [1, 4, 6, 4, 2] : [1, 5, 7, 5, 2], 2, pad),
      [f32([1, 2, 3, 2, 3]), f32([3, 3, 3, 2, 3])]
    ],
    [`maxPool3d, ${pad}`, (x) => tf.maxPool3d(x5(x), [2, 3, 2], [1, 2, 2], pad), [f32([2, 4, 5, 4, 2])]],
    // tfjs mistakes height and width of a window for each other in this gradient
    [`gradient of maxPool3d, ${pad}`, (x) => tf.maxPool3d(x5(x), [3, 2, 2], [1, 2, 2], pad), [f32([2, 4, 5, 4, 2])], "grad"],
    [`avgPool3d, ${pad}`, (x) => tf.avgPool3d(x5(x), [2, 2, 3], [2, 1, 1], pad), [f32([2, 4, 3, 4, 2])]],
    [`dilation2d, ${pad}`, (x, f) => tf.dilation2d(x4(x), x3(f), [1, 2], pad), [f32([2, 5, 6, 3]), f32([2, 3, 3])], "grad"],
    [`dilation2d, dilated, ${pad}`, (x, f) => tf.dilation2d(x4(x), x3(f), 1, pad, [2, 1]), [f32([1, 6, 5, 2]), f32([2, 2, 2])], "grad"]
  ]),
  ["gradient of avgPool3d, valid", (x) => tf.avgPool3d(x5(x), 2, [1, 2, 1], "valid"), [f32([1, 3, 4, 3, 2])], "grad"],
  ["conv3d with a window of one", (x, f) => tf.conv3d(x5(x), x5(f), 1, "same"), [f32([1, 2, 3, 2, 3]), f32([1, 1, 1, 3, 2])], "grad"],
  ["maxPool3d with numeric padding", (x) => tf.maxPool3d(x5(x), 3, 2, 1), [f32([1, 4, 5, 4, 1])]],
  ["maxPoolWithArgmax", (x) => Object.values(tf.maxPoolWithArgmax(x4(x), [2, 3], [2, 1], "same")), [f32([2, 5, 4, 3])]],
  ["maxPoolWithArgmax of batches", (x) => Object.values(tf.maxPoolWithArgmax(x4(x), 2, 2, "valid", true)), [f32([3, 4, 5, 2])]],
  [
    "maxPoolWithArgmax with ties",
    (x) => Object.values(tf.maxPoolWithArgmax(x4(x), 2, 1, "valid")),
    [i32([1, 4, 4, 1], 0, 2)].map((x) => values("float32", x.shape, ...x.data))
  ]
]

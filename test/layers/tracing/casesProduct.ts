/** Products, convolutions, poolings, normalisations, image kernels, losses. */
import * as tf from "@tensorflow/tfjs-core"
import { f32, i32 } from "./harness.ts"
import { type Case, x1, x3, x4 } from "./kernelCase.ts"

export const products: ReadonlyArray<Case> = [
  ["matMul", (a, b) => tf.matMul(a!, b!), [f32([3, 4]), f32([4, 2])], "grad"],
  ["matMul, a transposed", (a, b) => tf.matMul(a!, b!, true), [f32([4, 3]), f32([4, 2])], "grad"],
  ["matMul, b transposed", (a, b) => tf.matMul(a!, b!, false, true), [f32([3, 4]), f32([2, 4])], "grad"],
  ["matMul, both transposed", (a, b) => tf.matMul(a!, b!, true, true), [f32([4, 3]), f32([2, 4])], "grad"],
  ["matMul of batches", (a, b) => tf.matMul(a!, b!), [f32([2, 3, 3, 4]), f32([2, 3, 4, 2])], "grad"],
  ["matMul, one batch for all", (a, b) => tf.matMul(a!, b!), [f32([3, 2, 4]), f32([1, 4, 3])]],
  ["dot and outerProduct", (a, b) => [tf.dot(a!, b!), tf.outerProduct(x1(a), x1(b))], [f32([4]), f32([4])], "grad"],
  ["matMul of int32", (a, b) => tf.matMul(a!, b!), [i32([2, 3]), i32([3, 2])]],
  [
    "fused matMul with bias",
    (a, b, bias) => tf.fused.matMul({ a: a!, b: b!, bias: bias!, activation: "relu" }),
    [f32([3, 4]), f32([4, 2]), f32([2])],
    "grad"
  ],
  ["fused matMul, leakyrelu", (a, b) => tf.fused.matMul({ a: a!, b: b!, activation: "leakyrelu", leakyreluAlpha: 0.1 }), [f32([3, 4]), f32([4, 2])]],
  ...(["valid", "same"] as const).flatMap((pad): ReadonlyArray<Case> => [
    [`conv2d, ${pad}`, (x, f) => tf.conv2d(x4(x), x4(f), [2, 1], pad), [f32([2, 5, 6, 3]), f32([3, 2, 3, 4])], "grad"],
    [`depthwiseConv2d, ${pad}`, (x, f) => tf.depthwiseConv2d(x4(x), x4(f), 1, pad), [f32([2, 5, 4, 3]), f32([3, 2, 3, 2])], "grad"],
    [`maxPool, ${pad}`, (x) => tf.maxPool(x4(x), [2, 3], [2, 1], pad), [f32([2, 5, 6, 2])], "grad"],
    [`avgPool, ${pad}`, (x) => tf.avgPool(x4(x), [2, 3], 2, pad), [f32([2, 5, 6, 2])]]
  ]),
  ["gradient of avgPool, valid", (x) => tf.avgPool(x4(x), 2, 1, "valid"), [f32([1, 4, 5, 2])], "grad"],
  ["conv2d, dilated", (x, f) => tf.conv2d(x4(x), x4(f), 1, "same", "NHWC", 2), [f32([1, 6, 6, 2]), f32([3, 3, 2, 3])]],
  [
    "conv2d, explicit padding",
    (x, f) =>
      tf.conv2d(x4(x), x4(f), 1, [
        [0, 0],
        [1, 2],
        [0, 1],
        [0, 0]
      ]),
    [f32([1, 4, 4, 2]), f32([2, 2, 2, 3])]
  ],
  ["conv2d, NCHW", (x, f) => tf.conv2d(x4(x), x4(f), 1, "same", "NCHW"), [f32([1, 2, 4, 5]), f32([3, 3, 2, 3])]],
  ["conv1d", (x, f) => tf.conv1d(x3(x), x3(f), 1, "same"), [f32([2, 6, 3]), f32([3, 3, 2])], "grad"],
  ["conv2dTranspose", (x, f) => tf.conv2dTranspose(x4(x), x4(f), [1, 7, 7, 2], 2, "valid"), [f32([1, 3, 3, 4]), f32([3, 3, 2, 4])], "grad"],
  [
    "separableConv2d",
    (x, d, p) => tf.separableConv2d(x4(x), x4(d), x4(p), 1, "same"),
    [f32([1, 4, 4, 2]), f32([3, 3, 2, 2]), f32([1, 1, 4, 3])],
    "grad"
  ],
  [
    "fused conv2d",
    (x, f, bias) => tf.fused.conv2d({ x: x4(x), filter: x4(f), strides: 1, pad: "same", bias: bias!, activation: "relu6" }),
    [f32([1, 4, 4, 2]), f32([3, 3, 2, 3]), f32([3])]
  ],
  [
    "fused depthwiseConv2d",
    (x, f, bias) => tf.fused.depthwiseConv2d({ x: x4(x), filter: x4(f), strides: 1, pad: "valid", bias: bias!, activation: "elu" }),
    [f32([1, 4, 4, 2]), f32([3, 3, 2, 1]), f32([2])]
  ],
  ["dilated pool", (x) => tf.pool(x4(x), 2, "max", "valid", 2, 1), [f32([1, 6, 6, 1])]],
  [
    "batchNorm",
    (x, m, v, o, s) => tf.batchNorm(x!, x1(m), x1(v), x1(o), x1(s), 1e-3),
    [f32([3, 2, 4]), f32([4]), f32([4], 0.2, 2), f32([4]), f32([4])]
  ],
  [
    "gradient of batchNorm",
    (x, m, v, o, s) => tf.batchNorm4d(x4(x), x1(m), x1(v), x1(o), x1(s), 1e-3),
    [f32([2, 2, 3, 4]), f32([4]), f32([4], 0.2, 2), f32([4]), f32([4])],
    "grad"
  ],
  ["localResponseNormalization", (x) => tf.localResponseNormalization(x4(x), 2, 1, 0.5, 0.75), [f32([1, 2, 2, 7])], "grad"],
  [
    "resizeBilinear",
    (x) => [
      tf.image.resizeBilinear(x4(x), [5, 7]),
      tf.image.resizeBilinear(x4(x), [2, 2], true),
      tf.image.resizeBilinear(x4(x), [6, 3], false, true)
    ],
    [f32([2, 3, 4, 2])]
  ],
  ["gradient of resizeBilinear", (x) => tf.image.resizeBilinear(x4(x), [5, 7]), [f32([1, 3, 3, 2])], "grad"],
  [
    "resizeNearestNeighbor",
    (x) => [
      tf.image.resizeNearestNeighbor(x4(x), [6, 8]),
      tf.image.resizeNearestNeighbor(x4(x), [2, 3], true),
      tf.image.resizeNearestNeighbor(x4(x), [5, 5], false, true)
    ],
    [f32([1, 3, 4, 2])]
  ],
  ["gradient of resizeNearestNeighbor", (x) => tf.image.resizeNearestNeighbor(x4(x), [6, 8]), [f32([1, 3, 4, 2])], "grad"],
  ["flipLeftRight", (x) => tf.image.flipLeftRight(x4(x)), [f32([1, 2, 3, 2])]],
  [
    "softmaxCrossEntropy",
    (logits) => tf.losses.softmaxCrossEntropy(tf.oneHot(tf.tensor([1, 0, 2], [3], "int32"), 4), logits!),
    [f32([3, 4])],
    "grad"
  ],
  ["sigmoidCrossEntropy", (logits) => tf.losses.sigmoidCrossEntropy(tf.tensor([1, 0, 1, 0], [2, 2]), logits!), [f32([2, 2])], "grad"],
  [
    "huber, log and hinge loss",
    (p) => [
      tf.losses.huberLoss(tf.tensor([1, 0, 1]), p!),
      tf.losses.logLoss(tf.tensor([1, 0, 1]), p!),
      tf.losses.hingeLoss(tf.tensor([1, 0, 1]), p!)
    ],
    [f32([3], 0.1, 0.9)],
    "grad"
  ]
]

/** Images read at computed places. */
import * as tf from "@tensorflow/tfjs-core"
import { f32, values } from "./harness.ts"
import { type Case, x1, x2, x4 } from "./kernelCase.ts"

/** Within, partly outside, flipped, a point. */
const boxes = values("float32", [4, 4], 0, 0, 1, 1, -0.2, 0.1, 0.7, 1.3, 0.8, 0.9, 0.1, 0.2, 0.5, 0.5, 0.5, 0.5)
/** No coordinate of theirs lies half way between two pixels. */
const odd = values("float32", [4, 4], 0.03, 0.02, 0.91, 0.97, -0.22, 0.13, 0.71, 1.31, 0.83, 0.92, 0.11, 0.23, 0.57, 0.53, 0.57, 0.53)
const owners = values("int32", [4], 0, 1, 1, 0)

/** A turn with a shift and a perspective. */
const projective = values("float32", [1, 8], 0.9, -0.3, 1.2, 0.25, 1.1, -0.7, 0.01, -0.02)
/** Far out on all sides. */
const wide = values("float32", [1, 8], 3.137, 0.219, -8.341, -0.427, 2.713, -6.617, 0, 0)

const modes = ["constant", "reflect", "wrap", "nearest"] as const

export const images: ReadonlyArray<Case> = [
  ["cropAndResize", (x, b, o) => tf.image.cropAndResize(x4(x), x2(b), x1(o), [3, 4]), [f32([2, 5, 6, 2]), boxes, owners]],
  ["cropAndResize, nearest", (x, b, o) => tf.image.cropAndResize(x4(x), x2(b), x1(o), [4, 3], "nearest", -1), [f32([2, 5, 6, 3]), odd, owners]],
  ["cropAndResize to one pixel", (x, b, o) => tf.image.cropAndResize(x4(x), x2(b), x1(o), [1, 1], "bilinear", 9), [f32([2, 4, 4, 1]), boxes, owners]],
  [
    "cropAndResize of no such image",
    (x, b, o) => tf.image.cropAndResize(x4(x), x2(b), x1(o), [2, 2], "bilinear", 5),
    [f32([1, 4, 4, 1]), boxes, owners]
  ],
  ...modes.flatMap((mode): ReadonlyArray<Case> =>
    (["nearest", "bilinear"] as const).flatMap((how): ReadonlyArray<Case> => [
      [`transform, ${how}, ${mode}`, (x, t) => tf.image.transform(x4(x), x2(t), how, mode, 0.5), [f32([1, 5, 4, 2]), projective]],
      [`transform far out, ${how}, ${mode}`, (x, t) => tf.image.transform(x4(x), x2(t), how, mode, -2, [6, 7]), [f32([1, 5, 4, 2]), wide]]
    ])
  ),
  ["transform of one row", (x, t) => tf.image.transform(x4(x), x2(t), "nearest", "reflect"), [f32([1, 1, 4, 1]), wide]],
  ["rotateWithOffset", (x) => tf.image.rotateWithOffset(x4(x), 0.6, 7, [0.4, 0.5]), [f32([2, 5, 6, 3])]],
  ["rotateWithOffset with a colour", (x) => tf.image.rotateWithOffset(x4(x), -1.1, [1, 2, 3]), [f32([1, 4, 5, 4])]]
]

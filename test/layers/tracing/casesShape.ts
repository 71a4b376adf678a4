/** Kernels that move elements, and those that read or write by index. */
import * as tf from "@tensorflow/tfjs-core"
import { f32, i32 } from "./harness.ts"
import { type Case, x1, x2, x4 } from "./kernelCase.ts"

export const shapes: ReadonlyArray<Case> = [
  ["reshape", (x) => tf.reshape(x!, [-1, 2]), [f32([3, 4])], "grad"],
  ["expandDims and squeeze", (x) => [tf.expandDims(x!, -1), tf.squeeze(tf.expandDims(x!, 0))], [f32([2, 3])], "grad"],
  ["transpose", (x) => tf.transpose(x!, [2, 0, 1]), [f32([2, 3, 4])], "grad"],
  ["transpose of default order", (x) => tf.transpose(x!), [i32([2, 3])]],
  ["concat", (a, b) => tf.concat([a!, b!], 1), [f32([2, 3]), f32([2, 2])], "grad"],
  ["concat, axis -1", (a, b) => tf.concat([a!, b!], -1), [f32([2, 1, 3]), f32([2, 1, 2])]],
  ["stack", (a, b) => tf.stack([a!, b!], -1), [f32([2, 3]), f32([2, 3])], "grad"],
  ["unstack", (x) => tf.unstack(x!, 1), [f32([2, 3, 2])], "grad"],
  ["slice", (x) => tf.slice(x!, [1, 0], [2, -1]), [f32([4, 3])], "grad"],
  ["stridedSlice", (x) => tf.stridedSlice(x!, [0, 1], [4, 5], [2, 3]), [f32([4, 6])]],
  ["stridedSlice backwards", (x) => tf.stridedSlice(x!, [3, 4], [0, 1], [-1, -2]), [f32([4, 6])]],
  ["stridedSlice with masks", (x) => tf.stridedSlice(x!, [0, 1, 0], [0, 3, 1], [1, 1, 1], 1, 1, 0, 0, 4), [f32([3, 4, 2])]],
  ["split into equal parts", (x) => tf.split(x!, 3, 1), [f32([2, 6])], "grad"],
  ["split by sizes", (x) => tf.split(x!, [1, -1, 2], 0), [f32([7, 2])]],
  [
    "pad",
    (x) =>
      tf.pad(
        x!,
        [
          [1, 0],
          [0, 2]
        ],
        0.5
      ),
    [f32([2, 3])],
    "grad"
  ],
  [
    "mirrorPad reflect",
    (x) =>
      tf.mirrorPad(
        x!,
        [
          [1, 1],
          [0, 2]
        ],
        "reflect"
      ),
    [f32([3, 4])]
  ],
  [
    "mirrorPad symmetric",
    (x) =>
      tf.mirrorPad(
        x!,
        [
          [2, 1],
          [0, 3]
        ],
        "symmetric"
      ),
    [f32([3, 4])]
  ],
  ["tile", (x) => tf.tile(x!, [2, 1, 3]), [f32([2, 3, 1])], "grad"],
  ["broadcastTo", (x) => tf.broadcastTo(x!, [2, 3, 4]), [f32([3, 1])], "grad"],
  ["reverse", (x) => [tf.reverse(x!, 0), tf.reverse(x!, [-1]), tf.reverse(x!)], [f32([2, 3])], "grad"],
  [
    "fill, zeros, ones, likes",
    (x) => [tf.fill([2], 3, "int32"), tf.zeros([2, 2]), tf.ones([3], "bool"), tf.zerosLike(x!), tf.onesLike(x!)],
    [i32([2])]
  ],
  ["range", () => [tf.range(0, 5), tf.range(1, 2, 0.3), tf.range(5, 0, -2, "int32"), tf.range(0, 4, 1, "int32")], []],
  ["linspace", () => tf.linspace(-1, 2, 7), []],
  ["constants of each dtype", () => [tf.tensor([1.5, 2]), tf.tensor([1, 2], [2], "int32"), tf.tensor([1, 0], [2], "bool"), tf.scalar(3)], []],
  [
    "spaceToBatchND",
    (x) =>
      tf.spaceToBatchND(
        x4(x),
        [2, 2],
        [
          [0, 0],
          [2, 0]
        ]
      ),
    [f32([1, 2, 4, 3])]
  ],
  [
    "batchToSpaceND",
    (x) =>
      tf.batchToSpaceND(
        x4(x),
        [2, 2],
        [
          [0, 0],
          [1, 0]
        ]
      ),
    [f32([4, 2, 2, 1])],
    "grad"
  ],
  ["depthToSpace", (x) => tf.depthToSpace(x4(x), 2), [f32([1, 2, 3, 8])]],
  ["diag", (x) => tf.diag(x!), [f32([4])]],
  ["eye", () => tf.eye(3, 4), []],
  ["bandPart of ones", (x) => tf.linalg.bandPart(x!, 1, 0), [f32([4, 4])]],
  ["einsum as product", (a, b) => tf.einsum("bij,bjk->bik", a!, b!), [f32([2, 3, 4]), f32([2, 4, 5])], "grad"],
  ["einsum of attention", (a, b) => tf.einsum("bihd,bjhd->bhij", a!, b!), [f32([2, 3, 2, 4]), f32([2, 5, 2, 4])]],
  ["einsum with a sum of one operand", (a, b) => tf.einsum("ijk,jl->il", a!, b!), [f32([2, 3, 4]), f32([3, 5])], "grad"],
  ["einsum transposing", (a) => tf.einsum("ijk->kij", a!), [f32([2, 3, 4])]]
]

export const indexing: ReadonlyArray<Case> = [
  ["gather", (x) => tf.gather(x!, tf.tensor([2, 0, 2], [3], "int32")), [f32([3, 4])], "grad"],
  [
    "gather on axis 1 by a matrix",
    (x) =>
      tf.gather(
        x!,
        tf.tensor(
          [
            [1, 0],
            [3, 3]
          ],
          [2, 2],
          "int32"
        ),
        1
      ),
    [f32([2, 4, 3])],
    "grad"
  ],
  ["gather, negative axis", (x) => tf.gather(x!, tf.tensor([1, 2], [2], "int32"), -1), [f32([2, 3])]],
  [
    "gather of batches",
    (x) =>
      tf.gather(
        x!,
        tf.tensor(
          [
            [1, 0],
            [2, 2]
          ],
          [2, 2],
          "int32"
        ),
        1,
        1
      ),
    [f32([2, 3, 4])]
  ],
  [
    "gather of batches on a later axis",
    (x) =>
      tf.gather(
        x!,
        tf.tensor(
          [
            [1, 0, 1],
            [2, 2, 0]
          ],
          [2, 3],
          "int32"
        ),
        2,
        1
      ),
    [f32([2, 4, 3, 5])]
  ],
  [
    "gatherND",
    (x) =>
      tf.gatherND(
        x!,
        tf.tensor(
          [
            [0, 1],
            [2, 0]
          ],
          [2, 2],
          "int32"
        )
      ),
    [f32([3, 2, 4])],
    "grad"
  ],
  [
    "gatherND, all axes",
    (x) =>
      tf.gatherND(
        x!,
        tf.tensor(
          [
            [0, 1],
            [2, 0],
            [1, 1]
          ],
          [3, 2],
          "int32"
        )
      ),
    [i32([3, 2])]
  ],
  ["scatterND", (x) => tf.scatterND(tf.tensor([[1], [3], [1]], [3, 1], "int32"), x!, [5, 2]), [f32([3, 2])], "grad"],
  ["unsortedSegmentSum", (x) => tf.unsortedSegmentSum(x!, tf.tensor([0, 2, 0, 1], [4], "int32"), 3), [f32([4, 2])], "grad"],
  ["oneHot", (x) => [tf.oneHot(x!, 4), tf.oneHot(x!, 4, 2, -1, "float32")], [i32([2, 3], -1, 5)]],
  ["bincount", (x) => tf.bincount(x1(x), tf.tensor([]), 4), [i32([9], 0, 4)]],
  ["denseBincount", (x) => [tf.denseBincount(x2(x), tf.tensor([]), 5), tf.denseBincount(x2(x), tf.tensor([]), 5, true)], [i32([2, 6], 0, 5)]]
]

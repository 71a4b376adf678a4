/** Kernels that move elements, or read and write by index. */
import * as tf from "@tensorflow/tfjs-core"
import { f32, values } from "../harness.ts"
import { x1, x2, x4 } from "../kernelCase.ts"
import { distinct } from "./arithmetic.ts"
import type { GradientCase } from "./differences.ts"

const ids = (shape: ReadonlyArray<number>, ...data: ReadonlyArray<number>) => values("int32", shape, ...data)
/** Written to twice and three times. */
const rows = ids([6, 1], 1, 3, 1, 0, 3, 1)
const places = ids([4, 2], 0, 1, 2, 0, 0, 1, 1, 1)

const mirrored = (mode: "reflect" | "symmetric", paddings: Array<[number, number]>) => (x?: tf.Tensor) => tf.mirrorPad(x!, paddings, mode)

export const movement: ReadonlyArray<GradientCase> = [
  [
    "mirrorPad, reflect",
    mirrored("reflect", [
      [1, 2],
      [3, 0]
    ]),
    [f32([3, 4])]
  ],
  [
    "mirrorPad, symmetric",
    mirrored("symmetric", [
      [3, 3],
      [0, 2]
    ]),
    [f32([3, 4])]
  ],
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
    [f32([2, 3])]
  ],
  ["reverse", (x) => tf.reverse(x!, [-1, 0]), [f32([2, 3])]],
  ["stridedSlice", (x) => tf.stridedSlice(x!, [0, 1], [4, 6], [2, 2]), [f32([4, 6])]],
  ["stridedSlice backwards", (x) => tf.stridedSlice(x!, [3, 4], [0, 0], [-1, -2]), [f32([4, 6])]],
  ["stridedSlice with masks", (x) => tf.stridedSlice(x!, [0, 1, 0], [0, 3, 1], [1, 1, 1], 1, 1, 0, 0, 4), [f32([3, 4, 2])]],
  ["stridedSlice with a new axis", (x) => tf.stridedSlice(x!, [1, 0, 0], [3, 1, 3], [1, 1, 2], 0, 0, 0, 2), [f32([4, 3])]],
  ["tile and broadcastTo", (x) => [tf.tile(x!, [2, 3]), tf.broadcastTo(x!, [2, 3, 2])], [f32([3, 2])]],
  ["flipLeftRight", (x) => tf.image.flipLeftRight(x4(x)), [f32([1, 2, 3, 2])]],
  ["split and unstack into one", (x) => [...tf.split(x!, 1, 1), ...tf.unstack(tf.slice(x!, 1, 1))], [f32([2, 3])]],
  ["diag", (x) => tf.diag(x!), [f32([4])]],
  ["bandPart", (x) => tf.linalg.bandPart(x!, 1, 0), [f32([3, 4])]],
  ["depthToSpace", (x) => tf.depthToSpace(x4(x), 2), [f32([1, 2, 3, 8])]],
  ["depthToSpace, NCHW", (x) => tf.depthToSpace(x4(x), 2, "NCHW"), [f32([1, 8, 2, 2])]],
  ["gather, by -1", (x, i) => tf.gather(x!, x1(i), -1), [f32([2, 3]), ids([4], 1, 2, 1, 1)]],
  ["gather by a matrix", (x, i) => tf.gather(x!, x2(i), 1), [f32([2, 4, 3]), ids([2, 2], 1, 0, 3, 3)]],
  ["gather of batches", (x, i) => tf.gather(x!, x2(i), 1, 1), [f32([2, 3, 2]), ids([2, 2], 1, 0, 2, 2)]],
  ["gather of batches on a later axis", (x, i) => tf.gather(x!, x2(i), 2, 1), [f32([2, 2, 3, 2]), ids([2, 3], 1, 0, 1, 2, 2, 0)]],
  ["gather of two batch axes", (x, i) => tf.gather(x!, i as tf.Tensor, 2, 2), [f32([2, 2, 3]), ids([2, 2, 2], 0, 2, 1, 1, 2, 0, 0, 0)]],
  ["gather by places that were found", (x, y) => tf.gather(x!, tf.argMax(y!, 1)), [f32([3, 2]), distinct(4, 3)]],
  ["gatherND", (x, i) => tf.gatherND(x!, i!), [f32([3, 2, 2]), places]],
  ["gatherND of batches of places", (x, i) => tf.gatherND(x!, i!), [f32([3, 2]), ids([2, 2, 2], 0, 1, 2, 0, 0, 1, 1, 1)]],
  ["bincount", (w, i) => tf.bincount(x1(i), x1(w), 4), [f32([5]), ids([5], 0, 2, 7, 2, 3)]],
  ["denseBincount of rows", (w, i) => tf.denseBincount(x2(i), x2(w), 3), [f32([2, 4]), ids([2, 4], 0, 2, 2, 5, 1, 1, 0, 2)]],
  ["scatterND", (u, i) => tf.scatterND(i!, u!, [4, 2]), [f32([6, 2]), rows]],
  ["unsortedSegmentSum", (x, i) => tf.unsortedSegmentSum(x!, x1(i), 3), [f32([4, 2]), ids([4], 0, 2, 0, 1)]],
  ["tensorScatterUpdate", (x, u, i) => tf.tensorScatterUpdate(x!, i!, u!), [f32([5, 2]), f32([6, 2]), rows]],
  ["tensorScatterUpdate of elements", (x, u, i) => tf.tensorScatterUpdate(x!, i!, u!), [f32([3, 2]), f32([4]), places]],
  ["sparseToDense", (v, d, i) => tf.sparseToDense(i!, v!, [6], d as tf.Scalar), [f32([4]), f32([]), ids([4], 5, 0, 2, 0)]],
  ["sparseToDense of places", (v, d, i) => tf.sparseToDense(i!, v!, [3, 2], d as tf.Scalar), [f32([4]), f32([]), places]],
  ["sparseToDense of one value", (v, d, i) => tf.sparseToDense(i!, v!, [3, 2], d as tf.Scalar), [f32([]), f32([]), places]],
  ["topk", (x) => Object.values(tf.topk(x!, 2)), [distinct(3, 5)]],
  ["topk of rank 3", (x) => tf.square(tf.topk(x!, 3).values), [distinct(2, 2, 4)]]
]

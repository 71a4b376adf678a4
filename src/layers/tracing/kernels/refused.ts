/**
 * Kernels that cannot be part of a compiled step, each with what to use instead.
 *
 * @since 0.1.0
 */
import { dataDependentShape, unknownKernel } from "../failures.ts"
import { kernel, type Kernel } from "./kernel.ts"

const dynamic: Readonly<Record<string, string>> = {
  Where: "Use tf.where(condition, a, b) with three arguments, or multiply by a mask",
  Unique: "Use tf.oneHot of the ids and tf.max or tf.sum over the rows",
  NonMaxSuppressionV3: "Suppress on the host (hostCall or predictions), or mask with tf.where over all boxes",
  NonMaxSuppressionV5: "Suppress on the host (hostCall or predictions), or mask with tf.where over all boxes",
  SparseFillEmptyRows: "Pad to a dense tensor in the input pipeline",
  SparseSegmentMean: "Use tf.unsortedSegmentSum with a fixed number of segments, and divide by the counts",
  SparseSegmentSum: "Use tf.unsortedSegmentSum with a fixed number of segments",
  RaggedGather: "Pad to a dense tensor in the input pipeline",
  RaggedRange: "Pad to a dense tensor in the input pipeline",
  RaggedTensorToTensor: "Pad to a dense tensor in the input pipeline",
  StringNGrams: "Encode strings as numbers in the input pipeline",
  StringSplit: "Encode strings as numbers in the input pipeline"
}

/** With `padToMaxOutputSize` its shape is fixed: it is the choice of boxes, one after another, that has no op. */
const oneByOne =
  "Boxes are chosen one after another, each by those chosen before, which no op of a compiled step does. Suppress on the host (hostCall or predictions), or mask with tf.where over all boxes"

const instead: Readonly<Record<string, string>> = {
  Draw: "It paints on a canvas: give the pixels to the host by predictions or hostCall, and paint there"
}

export const refused: ReadonlyArray<Kernel> = [
  kernel<object, { readonly padToMaxOutputSize?: boolean }>("NonMaxSuppressionV4", (c, _, { padToMaxOutputSize }) => {
    if (padToMaxOutputSize === true) throw unknownKernel("NonMaxSuppressionV4", c.source, oneByOne)
    throw dataDependentShape("NonMaxSuppressionV4", c.source, "Suppress on the host (hostCall or predictions), or mask with tf.where over all boxes")
  }),
  ...Object.entries(dynamic).map(([name, hint]) =>
    kernel(name, (c) => {
      throw dataDependentShape(name, c.source, hint)
    })
  ),
  ...Object.entries(instead).map(([name, hint]) =>
    kernel(name, (c) => {
      throw unknownKernel(name, c.source, hint)
    })
  )
]

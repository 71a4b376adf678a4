/**
 * Layers that look at values on the host: without the look, where the result does not depend on it, or refused.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { dataDependentShape } from "../failures.ts"
import type { Patch } from "../patch.ts"
import { callerSource } from "../source.ts"
import { classOf, exactlyOne, type Inputs, type Kwargs } from "./layerClasses.ts"

interface CategoryEncoding {
  readonly numTokens: number
  readonly outputMode: "oneHot" | "multiHot" | "count" | "tfIdf"
}

/**
 * As TensorFlow.js 4.22, but for its check that all values lie in `[0, numTokens)`, which reads them: in a compiled step a
 * value outside counts for nothing.
 */
const encode = (layer: CategoryEncoding, inputs: Inputs, { countWeights }: Kwargs): tf.Tensor => {
  const given = exactlyOne(inputs)
  const { numTokens, outputMode } = layer
  if (outputMode === "tfIdf") throw new Error("categoryEncoding: TensorFlow.js has no weights for outputMode tfIdf; use count and multiply")
  if (countWeights !== undefined && outputMode !== "count")
    throw new Error(`categoryEncoding: countWeights are for outputMode count, not ${outputMode}`)
  const flat = given.rank === 0 || (outputMode === "oneHot" && given.shape[given.rank - 1] !== 1)
  const x = tf.cast(flat ? tf.expandDims(given, -1) : given, "int32")
  if (x.rank > 2) throw new Error(`categoryEncoding: expected at most two axes, got an input of shape [${given.shape}]`)
  const weights = countWeights instanceof tf.Tensor ? countWeights : []
  // typed for one rank or the other
  return tf.denseBincount(x as tf.Tensor2D, weights as tf.Tensor2D, numTokens, outputMode !== "count")
}

export const encodingPatches: ReadonlyArray<Patch> = [
  {
    target: classOf("CategoryEncoding").prototype,
    key: "call",
    value: function (this: CategoryEncoding, inputs: Inputs, kwargs: Kwargs) {
      return encode(this, inputs, kwargs)
    }
  },
  {
    target: classOf("RandomWidth").prototype,
    key: "call",
    value: function () {
      const advice = "Resize to one width with tf.layers.resizing, or vary the width in the input pipeline and resize there"
      throw dataDependentShape("RandomWidth", callerSource(), advice)
    }
  }
]

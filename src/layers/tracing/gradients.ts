/**
 * Gradients that TensorFlow.js lacks, and some of its own put right: for eager runs as for recordings.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
// for its side effect: tfjs-core's own bundle for Node has no gradients, that of tfjs-layers registers all of them
import "@tensorflow/tfjs-layers"
import { registerChained } from "./chained.ts"
import { arithmeticCorrected, arithmeticLacking } from "./gradients/arithmetic.ts"
import { complexCorrected, complexLacking } from "./gradients/complex.ts"
import type { Gradients } from "./gradients/gradient.ts"
import { movementCorrected, movementLacking } from "./gradients/movement.ts"
import { completeBatchNorm, normalizationCorrected } from "./gradients/normalization.ts"
import { windowsCorrected, windowsLacking } from "./gradients/windows.ts"
import { orderTape } from "./tape.ts"

const lacking: Gradients = { ...arithmeticLacking, ...movementLacking, ...windowsLacking, ...complexLacking }

/** tfjs's own gradient, which is there once its layers have been imported. */
const theirs = (found: ReadonlyMap<string, tf.GradConfig>) => (kernelName: string) => found.get(kernelName)!

let registered = false

/**
 * Once for the process. Gradients of tfjs stay, but for those that are wrong for some operands (each says how). Chained
 * operations come along, as some gradients use them.
 */
export const registerGradients = (): void => {
  if (registered) return
  registered = true
  registerChained()
  orderTape()
  completeBatchNorm()
  const own = new Map(
    ["Maximum", "Minimum", "SquaredDifference", "BatchMatMul", "Prod", "Multiply", "Cast", "Conv2D", "DepthwiseConv2dNative"].map((name) => [
      name,
      tf.getGradient(name)
    ])
  )
  for (const [kernelName, gradient] of Object.entries(lacking)) {
    if (tf.getGradient(kernelName) === undefined) tf.registerGradient({ kernelName, ...gradient })
  }
  const corrected = {
    ...arithmeticCorrected(theirs(own)),
    ...movementCorrected,
    ...complexCorrected(theirs(own)),
    ...windowsCorrected(theirs(own)),
    ...normalizationCorrected
  }
  for (const [kernelName, gradient] of Object.entries(corrected)) tf.registerGradient({ kernelName, ...gradient })
}

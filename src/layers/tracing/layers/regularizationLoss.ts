/**
 * What `fit` adds to a loss, for model functions.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { failure } from "../failures.ts"
import { callerSource } from "../source.ts"
import * as LayerLog from "./LayerLog.ts"

/**
 * The sum of the regularisation losses of all layers used so far in this call of the model function: `kernelRegularizer`
 * and the like of `tf.layers`, and what layers of your own gave to `addLoss`. Each weight counts once, also those of the
 * cells of recurrent layers (TensorFlow.js 4.22's `model.calculateLosses()` leaves them out, and counts a shared layer
 * once for each use). Call it after the layers have been applied, in the function given to `minimize`:
 * `tf.add(loss, Layers.regularizationLoss())`. Without any it is 0. Throws `TraceError` outside a model function.
 *
 * @category losses
 * @since 0.1.0
 */
export const regularizationLoss = (): tf.Scalar => {
  const log = LayerLog.current()
  if (log === undefined) {
    const detail = "it adds up what the layers of a model function have: call it within one"
    throw failure("InvalidSpec", detail, { op: "Layers.regularizationLoss", source: callerSource() })
  }
  const losses = log.losses.map((loss) => loss())
  return losses.length === 0 ? tf.scalar(0) : tf.addN(losses)
}

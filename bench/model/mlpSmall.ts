/**
 * A perceptron small enough to be trained hundreds of times.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import * as Stream from "effect/Stream"
import { CrossReplicaOptimizer, Estimator, type Model, Tensor } from "../../src/index.ts"

const modelFn: Model.ModelFn<undefined> = ({ features, labels, variables }) => {
  const lossOf = () => {
    const hidden = tf.tanh(tf.matMul(features, variables.get("hidden", [16, 32])))
    return tf.mean(tf.square(tf.sub(tf.matMul(hidden, variables.get("out", [32, 1])), labels)))
  }
  return { loss: new CrossReplicaOptimizer(tf.train.adam(1e-3)).minimize(lossOf) }
}

export const mlpEstimator = Estimator.make({ modelFn })

const batch = {
  features: Tensor.make(
    Float32Array.from({ length: 8 * 16 }, (_, i) => Math.sin(i)),
    [8, 16]
  ),
  labels: Tensor.make(
    Float32Array.from({ length: 8 }, (_, i) => Math.cos(i)),
    [8, 1]
  )
}
/** Without an end. */
export const mlpInput = Stream.forever(Stream.succeed(batch))

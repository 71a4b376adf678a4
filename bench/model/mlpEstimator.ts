/**
 * The tiny perceptron (`../peers/Mlp.ts`) as an estimator.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import type { Example } from "../../src/domain/Input.ts"
import type { ModelFn } from "../../src/domain/Model.ts"
import * as Tensor from "../../src/domain/Tensor.ts"
import { CrossReplicaOptimizer } from "../../src/layers/tracing/CrossReplicaOptimizer.ts"
import * as Estimator from "../../src/programs/Estimator.ts"
import * as Mlp from "../peers/Mlp.ts"

const firstWeights = [...Mlp.weights()]

/** A step of gradient descent. @category models @since 0.1.0 */
export const modelFn: ModelFn = ({ features, labels, variables }) => {
  const [w1, b1, w2, b2] = firstWeights.map(([name, { data, shape }]) =>
    variables.get(name, shape, { initializer: () => tf.tensor(data, [...shape]) })
  ) as [tf.Variable, tf.Variable, tf.Variable, tf.Variable] // the four of the workload
  const lossOf = () => {
    const hidden = tf.relu(tf.add(tf.matMul(features, w1), b1))
    const logProbabilities = tf.logSoftmax(tf.add(tf.matMul(hidden, w2), b2))
    const right = tf.oneHot(labels as tf.Tensor1D, Mlp.sizes.classes)
    // a mean over all axes has rank 0
    return tf.neg(tf.mean(tf.sum(tf.mul(logProbabilities, right), -1))) as tf.Scalar
  }
  const optimizer = new CrossReplicaOptimizer(tf.train.sgd(Mlp.sizes.learningRate))
  return { loss: optimizer.minimize(lossOf) }
}

/** @category constructors @since 0.1.0 */
export const make = (iterationsPerLoop: number): Estimator.Estimator<unknown> =>
  Estimator.make<unknown>({ modelFn, config: { iterationsPerLoop, logStepCountSteps: 0 } })

/** @category constructors @since 0.1.0 */
export const batches = (): ReadonlyArray<Example> => {
  const { batch, inputs } = Mlp.sizes
  return Mlp.batches().map(({ x, y }) => ({ features: Tensor.make(x, [batch, inputs]), labels: Tensor.make(y, [batch]) }))
}

/**
 * The perceptron in TensorFlow.js operations; PyTorch's is `../peers/mlp_torch.py`.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import type { ModelFn } from "../../src/domain/Model.ts"
import { CrossReplicaOptimizer } from "../../src/layers/tracing/CrossReplicaOptimizer.ts"
import { crossEntropy, weightOf, type WorkParams } from "./work.ts"

/** @category models @since 0.1.0 */
export const modelFn: ModelFn<WorkParams> = ({ features, labels, params, variables }) => {
  const { sizes } = params.work
  const weight = weightOf(params, variables)
  const dense = (x: tf.Tensor, i: number) => tf.add(tf.matMul(x, weight(`w${i}`)), weight(`b${i}`))
  const optimizer = new CrossReplicaOptimizer(tf.train.adam(sizes["learningRate"]!, 0.9, 0.999, 1e-8))
  return {
    loss: optimizer.minimize(() => crossEntropy(dense(tf.relu(dense(tf.relu(dense(features, 1)), 2)), 3), labels, sizes["classes"]!))
  }
}

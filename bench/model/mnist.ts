/**
 * The convolutional net in TensorFlow.js operations; PyTorch's is `../peers/mnist_torch.py`.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import type { ModelFn } from "../../src/domain/Model.ts"
import { CrossReplicaOptimizer } from "../../src/layers/tracing/CrossReplicaOptimizer.ts"
import { crossEntropy, weightOf, type WorkParams } from "./work.ts"

/** @category models @since 0.1.0 */
export const modelFn: ModelFn<WorkParams> = ({ batchSize, features, labels, params, variables }) => {
  const { sizes } = params.work
  const weight = weightOf(params, variables)
  const block = (x: tf.Tensor4D, i: number) => {
    const convolved = tf.add(tf.conv2d(x, weight<tf.Tensor4D>(`conv${i}`), 1, "same"), weight(`bias${i}`))
    return tf.maxPool(tf.relu(convolved as tf.Tensor4D), 2, 2, "valid")
  }
  const optimizer = new CrossReplicaOptimizer(tf.train.adam(sizes["learningRate"]!, 0.9, 0.999, 1e-8))
  return {
    loss: optimizer.minimize(() => {
      // NHWC images, as the workload's table has them
      const hidden = block(block(features as tf.Tensor as tf.Tensor4D, 1), 2)
      const logits = tf.add(tf.matMul(tf.reshape(hidden, [batchSize, 7 * 7 * 64]), weight("dense")), weight("bias3"))
      return crossEntropy(logits, labels, sizes["classes"]!)
    })
  }
}

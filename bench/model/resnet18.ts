/**
 * ResNet-18 for small images in TensorFlow.js operations; PyTorch's is `../peers/resnet_torch.py`. Batch norm normalises by
 * the batch's statistics and keeps moving ones as variables that are not trained.
 *
 * He et al., "Deep Residual Learning for Image Recognition", 2015.
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
  const statistics: Array<readonly [moving: tf.Variable, now: tf.Tensor]> = []

  const batchNorm = (x: tf.Tensor4D, name: string) => {
    const { mean, variance } = tf.moments(x, [0, 1, 2])
    const rows = x.shape[0] * x.shape[1] * x.shape[2]
    // PyTorch's moving variance is the unbiased one
    statistics.push([weight(`${name}.mean`, false), mean], [weight(`${name}.variance`, false), tf.mul(variance, rows / (rows - 1))])
    const [scale, offset] = [weight<tf.Tensor1D>(`${name}.scale`), weight<tf.Tensor1D>(`${name}.offset`)]
    return tf.batchNorm(x, mean as tf.Tensor1D, variance as tf.Tensor1D, offset, scale, sizes["epsilon"]!) as tf.Tensor4D
  }
  const conv = (x: tf.Tensor4D, name: string, stride: number) => {
    const filter = weight<tf.Tensor4D>(`${name}.filter`)
    // explicit paddings, as PyTorch's: tfjs's "same" pads one side only where it strides
    return batchNorm(tf.conv2d(x, filter, stride, filter.shape[0] === 3 ? 1 : 0, "NHWC", 1, "floor"), name)
  }
  const block = (x: tf.Tensor4D, name: string, stride: number, widens: boolean) => {
    const inner = conv(tf.relu(conv(x, `${name}.a`, stride)), `${name}.b`, 1)
    return tf.relu(tf.add<tf.Tensor4D>(inner, widens ? conv(x, `${name}.skip`, stride) : x))
  }
  const logitsOf = (images: tf.Tensor4D) => {
    let hidden = tf.relu(conv(images, "stem", 1))
    for (let stage = 0; stage < 4; stage++) {
      hidden = block(hidden, `s${stage}b0`, stage === 0 ? 1 : 2, stage > 0)
      hidden = block(hidden, `s${stage}b1`, 1, false)
    }
    return tf.add(tf.matMul(tf.mean(hidden, [1, 2]), weight("dense")), weight("bias"))
  }

  const optimizer = new CrossReplicaOptimizer(tf.train.momentum(sizes["learningRate"]!, sizes["momentum"]!))
  // NHWC images, as the workload's table has them
  const loss = optimizer.minimize(() => crossEntropy(logitsOf(features as tf.Tensor as tf.Tensor4D), labels, sizes["classes"]!))
  const averaging = sizes["averaging"]!
  for (const [moving, now] of statistics) moving.assign(tf.add(tf.mul(moving, 1 - averaging), tf.mul(now, averaging)))
  return { loss }
}

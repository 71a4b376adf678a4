/**
 * The LSTM language model in TensorFlow.js operations, its steps in time unrolled; PyTorch's is `../peers/lstm_torch.py`.
 * Gates in PyTorch's order: input, forget, cell, output.
 *
 * Hochreiter & Schmidhuber, "Long Short-Term Memory", 1997; forget gate of Gers et al., 2000.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import type { ModelFn } from "../../src/domain/Model.ts"
import { clipByGlobalNorm, CrossReplicaOptimizer } from "../../src/layers/tracing/CrossReplicaOptimizer.ts"
import { crossEntropy, weightOf, type WorkParams } from "./work.ts"

/** @category models @since 0.1.0 */
export const modelFn: ModelFn<WorkParams> = ({ batchSize, features, labels, params, variables }) => {
  const { sizes } = params.work
  const [length, width] = [sizes["length"]!, sizes["width"]!]
  const weight = weightOf(params, variables)

  /** Hidden values `[batch, width]` of each time from those of the layer below. */
  const layer = (inputs: ReadonlyArray<tf.Tensor>, name: string): ReadonlyArray<tf.Tensor> => {
    let hidden: tf.Tensor = tf.zeros([batchSize, width])
    let cell: tf.Tensor = tf.zeros([batchSize, width])
    return inputs.map((x) => {
      const fromBelow = tf.add(tf.matMul(x, weight(`${name}.input`)), weight(`${name}.bias`))
      const [input, forget, candidate, output] = tf.split(tf.add(fromBelow, tf.matMul(hidden, weight(`${name}.recurrent`))), 4, 1)
      cell = tf.add(tf.mul(tf.sigmoid(forget!), cell), tf.mul(tf.sigmoid(input!), tf.tanh(candidate!)))
      hidden = tf.mul(tf.sigmoid(output!), tf.tanh(cell))
      return hidden
    })
  }

  const logitsOf = () => {
    const embedded = tf.gather(weight("embedding"), features) // [batch, length, width]
    let hidden: ReadonlyArray<tf.Tensor> = tf.unstack(embedded, 1)
    for (let i = 0; i < sizes["layers"]!; i++) hidden = layer(hidden, `l${i}`)
    const rows = tf.reshape(tf.stack([...hidden], 1), [batchSize * length, width])
    return tf.add(tf.matMul(rows, weight("out")), weight("out_b"))
  }

  const adam = tf.train.adam(sizes["learningRate"]!, 0.9, 0.999, 1e-8)
  const optimizer = new CrossReplicaOptimizer(adam, { transform: (gradients) => clipByGlobalNorm(gradients, sizes["clip"]!).gradients })
  return { loss: optimizer.minimize(() => crossEntropy(logitsOf(), labels, sizes["vocabulary"]!)) }
}

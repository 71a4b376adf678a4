/**
 * The workloads besides the Transformer-XL: a convolutional net, a residual one, a recurrent one and a perceptron.
 *
 * Weights have tfjs's layouts: filters `[height, width, in, out]`, matrices `[in, out]`.
 *
 * @since 0.1.0
 */
import type { Weight, Work } from "./Work.ts"

const normal = (deviation: number, ...shape: ReadonlyArray<number>): Weight => ({ shape, first: { deviation } })
const filled = (value: number, ...shape: ReadonlyArray<number>): Weight => ({ shape, first: { value } })
/** A filter (or matrix) whose results vary as much as its inputs do, before a ReLU. */
const relu = (...shape: ReadonlyArray<number>): Weight => normal(Math.sqrt(2 / shape.slice(0, -1).reduce((a, b) => a * b, 1)), ...shape)

const mlp: Work = {
  name: "mlp",
  title: "Perceptron 784-512-512-10, batch 128, Adam",
  sizes: { batch: 128, classes: 10, learningRate: 1e-3 },
  weights: new Map([
    ["w1", relu(784, 512)],
    ["b1", filled(0, 512)],
    ["w2", relu(512, 512)],
    ["b2", filled(0, 512)],
    ["w3", relu(512, 10)],
    ["b3", filled(0, 10)]
  ]),
  x: { shape: [128, 784] },
  y: { shape: [128], below: 10 },
  steps: 60
}

const mnist: Work = {
  name: "mnist",
  title: "Convolutional net for 28x28 images (conv 32 and 64 of 3x3, each with ReLU and 2x2 pooling; dense), batch 64, Adam",
  sizes: { batch: 64, classes: 10, learningRate: 1e-3 },
  weights: new Map([
    ["conv1", relu(3, 3, 1, 32)],
    ["bias1", filled(0, 32)],
    ["conv2", relu(3, 3, 32, 64)],
    ["bias2", filled(0, 64)],
    ["dense", normal(0.02, 7 * 7 * 64, 10)],
    ["bias3", filled(0, 10)]
  ]),
  x: { shape: [64, 28, 28, 1] },
  y: { shape: [64], below: 10 },
  steps: 12
}

/** Filters, and scale, offset and moving statistics of each batch norm. */
const resnetWeights = (): ReadonlyMap<string, Weight> => {
  const weights = new Map<string, Weight>()
  const conv = (name: string, size: number, from: number, to: number) => {
    weights.set(`${name}.filter`, relu(size, size, from, to))
    weights.set(`${name}.scale`, filled(1, to)).set(`${name}.offset`, filled(0, to))
    weights.set(`${name}.mean`, filled(0, to)).set(`${name}.variance`, filled(1, to))
  }
  conv("stem", 3, 3, 64)
  let from = 64
  for (const [stage, to] of [64, 128, 256, 512].entries()) {
    for (const block of [0, 1]) {
      conv(`s${stage}b${block}.a`, 3, from, to)
      conv(`s${stage}b${block}.b`, 3, to, to)
      if (from !== to) conv(`s${stage}b${block}.skip`, 1, from, to)
      from = to
    }
  }
  return weights.set("dense", normal(0.02, 512, 10)).set("bias", filled(0, 10))
}

const resnet: Work = {
  name: "resnet",
  title: "ResNet-18 for 32x32 images (3x3 stem), batch norm, batch 32, momentum",
  sizes: { batch: 32, classes: 10, learningRate: 0.01, momentum: 0.9, epsilon: 1e-5, averaging: 0.1 },
  weights: resnetWeights(),
  x: { shape: [32, 32, 32, 3] },
  y: { shape: [32], below: 10 },
  steps: 1
}

const lstmWeights = (width: number, vocabulary: number, layers: number): ReadonlyMap<string, Weight> => {
  const weights = new Map([["embedding", normal(0.1, vocabulary, width)]])
  for (let layer = 0; layer < layers; layer++) {
    weights.set(`l${layer}.input`, normal(width ** -0.5, width, 4 * width))
    weights.set(`l${layer}.recurrent`, normal(width ** -0.5, width, 4 * width))
    weights.set(`l${layer}.bias`, filled(0, 4 * width))
  }
  return weights.set("out", normal(0.05, width, vocabulary)).set("out_b", filled(0, vocabulary))
}

const lstm: Work = {
  name: "lstm",
  title: "LSTM language model, 2 layers of 256, batch 16 x 64 tokens, vocabulary 1000, gradients clipped, Adam",
  sizes: { batch: 16, length: 64, width: 256, layers: 2, vocabulary: 1000, learningRate: 1e-3, clip: 0.25 },
  weights: lstmWeights(256, 1000, 2),
  x: { shape: [16, 64], below: 1000 },
  y: { shape: [16, 64], below: 1000 },
  steps: 6
}

/** By name. @category constants @since 0.1.0 */
export const works: ReadonlyMap<string, Work> = new Map([mnist, resnet, lstm, mlp].map((work) => [work.name, work]))

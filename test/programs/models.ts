/** Small models and inputs for the programs' tests. */
import * as tf from "@tensorflow/tfjs-core"
import type { Layer } from "effect"
import { Effect, Stream } from "effect"
import type { Example } from "../../src/domain/Input.ts"
import * as Input from "../../src/domain/Input.ts"
import { mean } from "../../src/domain/metrics/Metrics.ts"
import type { ModelFn } from "../../src/domain/Model.ts"
import type { RunEvent } from "../../src/domain/Events.ts"
import { make as tensor } from "../../src/domain/Tensor.ts"
import { CrossReplicaOptimizer } from "../../src/layers/tracing/CrossReplicaOptimizer.ts"
import * as Estimator from "../../src/programs/Estimator.ts"
import type { Hook } from "../../src/services/Hooks.ts"
import * as MetricSink from "../../src/services/MetricSink.ts"

/** `loss = mean((w - y)^2)` with w from 0 by plain gradient descent: after a step on y, `w += 2 * rate * (mean(y) - w)`. */
export const descent: ModelFn<{ readonly rate: number }> = ({ labels, mode, params, variables }) => {
  const w = variables.get("w", [1], { initializer: (shape) => tf.zeros([...shape]) })
  const forward = () => tf.mean(tf.square(tf.sub(w, labels))) as tf.Scalar
  const loss = mode === "train" ? new CrossReplicaOptimizer(tf.train.sgd(params.rate)).minimize(forward) : forward()
  return { loss }
}

/**
 * A recurrent model with dropout and Adam: everything that a checkpoint must hold. The cache is a moving state of each
 * row; the loss depends on it, on the random draws, and on the weights.
 */
export const recurrent: ModelFn<{ readonly dropout: number }> = ({ cache, features, labels, mode, params, random, variables, valid }) => {
  const w = variables.get("w", [2, 3])
  const u = variables.get("u", [3, 1])
  const forward = () => {
    const hidden = tf.tanh(tf.add(tf.matMul(features, w), cache[0]!))
    const dropped = mode === "train" ? random.dropout(hidden, params.dropout) : hidden
    const error = tf.squeeze(tf.sub(tf.matMul(dropped, u), labels), [1])
    return { loss: tf.mean(tf.square(error)) as tf.Scalar, hidden, error }
  }
  const { loss, hidden, error } = mode === "train" ? new CrossReplicaOptimizer(tf.train.adam(0.05)).minimize(forward) : forward()
  return {
    loss,
    cache: [hidden],
    predictions: { error },
    evalMetrics: { mse: { tensors: { values: tf.square(error), weights: valid }, metric: mean("values", "weights") } }
  }
}

export const recurrentCache = (rows: number) => [tf.zeros([rows, 3])]

/** Batches `first … first + count - 1` of `rows` rows each, the same whenever asked for. */
export const batches = (count: number, rows: number, first = 0): ReadonlyArray<Example> =>
  Array.from({ length: count }, (_, k) => {
    const x = Float32Array.from({ length: rows * 2 }, (_, i) => Math.sin((first + k) * 31 + i * 7))
    const y = Float32Array.from({ length: rows }, (_, i) => Math.cos((first + k) * 17 + i * 5))
    return { features: tensor(x, [rows, 2]), labels: tensor(y, [rows, 1]) }
  })

/** A seekable source over these batches. */
export const seekable = (examples: ReadonlyArray<Example>) =>
  Input.make((from) => {
    const start = from === undefined ? 0 : Number(from)
    return Stream.fromIterable(examples.slice(start).map((example, i) => ({ example, position: String(start + i + 1) })))
  })

export const makeRecurrent = (config: Estimator.EstimatorOptions<unknown>["config"] = {}) =>
  Estimator.make({
    modelFn: recurrent,
    cacheFn: recurrentCache,
    params: { dropout: 0.3 },
    config: { iterationsPerLoop: 1, logStepCountSteps: 1, ...config },
    trainBatchSize: 4,
    evalBatchSize: 4,
    predictBatchSize: 4
  })

export const recordEvents = (log: Array<RunEvent>): Layer.Layer<never> =>
  MetricSink.layerAppend({ name: "record", open: () => Effect.succeed((event) => Effect.sync(() => void log.push(event))) })

/** The losses of all steps, in order. */
export const recordLosses = (into: Array<number>): Hook => ({
  name: "losses",
  afterRun: (_, { losses }) =>
    Effect.sync(() => {
      into.push(...losses)
      return "continue" as const
    })
})

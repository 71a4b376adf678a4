/** Inputs that note how they are called, and a model that shows which rows each replica gets. */
import * as tf from "@tensorflow/tfjs-core"
import { Effect, Layer, Logger, Stream } from "effect"
import { DeviceTopology, Estimator, EstimatorTest, type Input, type Model, Tensor } from "../../src/index.ts"
import { mean } from "../../src/domain/metrics/Metrics.ts"
import { CrossReplicaOptimizer } from "../../src/layers/tracing/CrossReplicaOptimizer.ts"

/** Rows that the model saw: one list for each replica, one entry for each step. */
export interface Seen {
  readonly steps: Array<ReadonlyArray<number>>
  /** Rows of a replica's batch, as the model function was told. */
  batchSize: number
}

/** `loss = mean((w - x)^2)`; every step shows `x` of all replicas, one after another. */
export const showing =
  (seen: Seen): Model.ModelFn<unknown> =>
  ({ batchSize, features, mode, valid, variables }) => {
    seen.batchSize = batchSize
    const x = features as tf.Tensor
    const w = variables.get("w", [1], { initializer: (shape) => tf.zeros([...shape]) })
    if (mode === "predict") return { predictions: { x } }
    const forward = () => tf.mean(tf.square(tf.sub(w, x))) as tf.Scalar
    return {
      loss: mode === "train" ? new CrossReplicaOptimizer(tf.train.sgd(0.01)).minimize(forward) : forward(),
      evalMetrics: { mean: { tensors: { x, valid }, metric: mean("x", "valid") } },
      hostCall: { tensors: { x }, call: ({ x }) => void seen.steps.push([...x!.data]) }
    }
  }

export const newSeen = (): Seen => ({ steps: [], batchSize: 0 })

/** A batch with these values, one for each row. */
export const rows = (...values: ReadonlyArray<number>) => ({ features: Tensor.make(Float32Array.from(values), [values.length]) })

/** Notes each call; call u gives `batches` (one number, or one for each call) of the size asked for: values `1000 u, 1000 u + 1, …`. */
export const numbered =
  (calls: Array<Input.InputContext>, batches: number | ReadonlyArray<number>, lastRows?: number): Input.InputFn =>
  (context) => {
    calls.push(context)
    const { batchSize, invocation } = context
    const count = typeof batches === "number" ? batches : batches[invocation]!
    return Stream.range(0, count - 1).pipe(
      Stream.map((k) => {
        const size = k === count - 1 ? (lastRows ?? batchSize) : batchSize
        return rows(...Array.from({ length: size }, (_, i) => 1000 * invocation + k * batchSize + i))
      })
    )
  }

export interface System {
  readonly hosts: number
  readonly coresPerHost: number
  readonly coresPerReplica?: number
  /** Default: as many as the cores make. */
  readonly replicas?: number
}

/** The reference engine over hosts and cores. */
export const system = (options: System) =>
  Layer.mergeAll(
    EstimatorTest.layer({ replicas: options.replicas ?? (options.hosts * options.coresPerHost) / (options.coresPerReplica ?? 1) }),
    DeviceTopology.layer(options)
  )

export const estimatorOf = (
  seen: Seen,
  tpu: NonNullable<Estimator.EstimatorOptions<unknown>["config"]>["tpu"],
  more: Partial<Estimator.EstimatorOptions<unknown>> = {}
) =>
  Estimator.make<unknown>({
    modelFn: showing(seen),
    trainBatchSize: 8,
    evalBatchSize: 8,
    predictBatchSize: 8,
    ...more,
    config: { iterationsPerLoop: 1, logStepCountSteps: 0, tpu: tpu ?? {}, ...more.config }
  })

/** Logged messages go to `into`, and nowhere else. */
export const recordLog = (into: Array<string>): Layer.Layer<never> =>
  Logger.layer([Logger.make(({ message }) => void into.push(String(Array.isArray(message) ? message[0] : message)))])

/** The steps' rows, each replica's by itself. */
export const byReplica = (step: ReadonlyArray<number>, replicas: number): ReadonlyArray<ReadonlyArray<number>> =>
  Array.from({ length: replicas }, (_, r) => step.slice((r * step.length) / replicas, ((r + 1) * step.length) / replicas))

export type Mode = "PerShard" | "PerHostV1" | "PerHostV2" | "Broadcast"

/** Trains to the end of the numbered input; what was called, what was seen. */
export const trained = (perHostInput: Mode, topology: System, batches: number | ReadonlyArray<number>) =>
  Effect.gen(function* () {
    const calls: Array<Input.InputContext> = []
    const seen = newSeen()
    const result = yield* Estimator.train(estimatorOf(seen, { perHostInput }), { input: numbered(calls, batches) })
    return { calls, seen, result }
  }).pipe(Effect.provide(system(topology)))

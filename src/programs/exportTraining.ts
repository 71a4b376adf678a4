/**
 * The step of training in an export: for those who go on training elsewhere.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type { ExportError, TraceError } from "../domain/Errors.ts"
import { portsOf, servingGraph } from "../domain/export/servingGraph.ts"
import type { TrainingStep } from "../domain/export/ServingModel.ts"
import type { Nest } from "../domain/Model.ts"
import * as nest from "../domain/nest.ts"
import { stateLeaves } from "../domain/Program.ts"
import type { TensorType } from "../domain/Tensor.ts"
import { Tracer } from "../services/Tracer.ts"
import type { Estimator } from "./Estimator.ts"

/** @category models @since 0.1.0 */
export interface TrainingOptions {
  /** Rows of each batch: a step of training is exported for one size. */
  readonly batchSize: number
  /** Types of one example's labels, without the axis of the batch; default: there are none. */
  readonly labels?: Nest<TensorType>
}

const batched = (types: Nest<TensorType>, prefix: string, rows: number): Nest<TensorType> =>
  nest.map(types, prefix, ({ dtype, shape }) => ({ dtype, shape: [rows, ...shape] }))

/** All that a step changes but the random key, for it may not draw, and the cache, which goes in and out. */
const kept = new Set(["variable", "slot", "step"])

/** Traces the model function in mode `train` for one replica. @category constructors @since 0.1.0 */
export const trainingStep = Effect.fnUntraced(function* <P, ME, MR>(
  estimator: Estimator<P, ME, MR>,
  features: Nest<TensorType>,
  { batchSize, labels }: TrainingOptions,
  seed: number
): Effect.fn.Return<TrainingStep, TraceError | ExportError, Tracer> {
  const traced = yield* (yield* Tracer).trace({
    modelFn: estimator.modelFn,
    cacheFn: estimator.cacheFn,
    mode: "train",
    params: estimator.params,
    seed,
    summaries: false,
    replicas: 1,
    features: batched(features, "features", batchSize),
    labels: labels === undefined ? undefined : batched(labels, "labels", batchSize),
    perReplicaBatchSize: batchSize
  })
  const { step } = traced.program
  const loss = step.outputs.find(({ role }) => role._tag === "Loss")! // a training has one
  const successors = stateLeaves(step).flatMap(({ kind, name }) => (kept.has(kind) ? [name] : []))
  const graph = yield* Effect.fromResult(servingGraph({ step, outputs: [{ name: "loss", node: loss.node }], successors }))
  return { batchSize, graph, ...(yield* Effect.fromResult(portsOf([{ batchSize, graph }]))) }
})

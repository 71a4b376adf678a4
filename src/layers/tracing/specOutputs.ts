/**
 * Checks what a model function returned and takes the step's outputs from it.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import type { EstimatorSpec, HostCall } from "../../domain/Model.ts"
import type { NodeId } from "../../domain/graph/Graph.ts"
import type { Mode } from "../../domain/Program.ts"
import { printType, sameType, type TensorType } from "../../domain/Tensor.ts"
import type { Traced, TracedMetric } from "../../services/Tracer.ts"
import { failure } from "./failures.ts"
import type { Recording } from "./Recording.ts"
import type { MarkedSummary } from "./summaries.ts"

export interface Outfeed {
  readonly name: string
  readonly node: NodeId
}

export interface SpecOutputs<E = never, R = never> extends Pick<Traced<E, R>, "metrics" | "hostCall" | "summaries" | "predictions" | "replicaLoss"> {
  readonly loss: NodeId | undefined
  readonly outfeeds: ReadonlyArray<Outfeed>
  /** Successors of the cache leaves. */
  readonly cache: ReadonlyArray<NodeId>
}

const invalid = (detail: string) => failure("InvalidSpec", detail, { op: "modelFn" })

const typeOf = (x: tf.Tensor): TensorType => ({ dtype: x.dtype as TensorType["dtype"], shape: x.shape }) // printed or compared only

const checkTensor: (x: unknown, what: string) => asserts x is tf.Tensor = (x, what) => {
  if (!(x instanceof tf.Tensor)) throw invalid(`${what} must be a tensor, got ${x === null ? "null" : typeof x}`)
}

const checkRows = (x: tf.Tensor, rows: number, what: string): void => {
  if (x.shape[0] !== rows) {
    throw invalid(
      `${what} is ${printType(typeOf(x))}; its first axis must be the rows of this replica's batch, ${rows}, so that padding rows can be taken off. Give values per example, not a mean over the batch`
    )
  }
}

const checkLoss = (spec: EstimatorSpec<unknown, unknown>, mode: Mode): void => {
  if (mode === "predict") return
  if (spec.loss === undefined || spec.loss === null)
    throw invalid(`the spec has no loss, which mode "${mode}" needs: return { loss } with a float32 scalar`)
  checkTensor(spec.loss, "loss")
  if (spec.loss.rank !== 0 || spec.loss.dtype !== "float32") {
    throw invalid(`the loss is ${printType(typeOf(spec.loss))}; it must be a float32 scalar: reduce it over the batch with tf.mean`)
  }
}

const checkCache = (spec: EstimatorSpec<unknown, unknown>, leaves: ReadonlyArray<TensorType>): ReadonlyArray<tf.Tensor> => {
  const cache = spec.cache ?? []
  if (!Array.isArray(cache)) throw failure("CacheMismatch", `cache must be an array of tensors`, { op: "modelFn" })
  if (cache.length !== leaves.length) {
    throw failure(
      "CacheMismatch",
      `the cache function gives ${leaves.length} leaves, but the spec's cache has ${cache.length}. Return the new cache: the same number of leaves, in the same order`,
      { op: "modelFn" }
    )
  }
  cache.forEach((x: unknown, i) => {
    checkTensor(x, `cache/${i}`)
    if (!sameType(typeOf(x), leaves[i]!)) {
      throw failure(
        "CacheMismatch",
        `cache/${i} is ${printType(leaves[i]!)} from the cache function, and ${printType(typeOf(x))} in the spec. A leaf keeps its dtype and shape from step to step`,
        { op: "modelFn" }
      )
    }
  })
  return cache
}

const everyStepsOf = ({ everySteps = 1 }: HostCall<unknown, unknown>): number => {
  if (!(Number.isInteger(everySteps) && everySteps > 0)) throw invalid(`hostCall.everySteps is ${everySteps}; it must be a positive whole number`)
  return everySteps
}

/** `mode`, `rows` (of this replica's batch) and the cache leaves decide what the spec must have. */
export const specOutputs = <E, R>(
  recording: Recording,
  spec: EstimatorSpec<E, R>,
  mode: Mode,
  rows: number,
  cacheLeaves: ReadonlyArray<TensorType>,
  summaries: ReadonlyArray<MarkedSummary>
): SpecOutputs<E, R> => {
  const given: unknown = spec // of callers without types; every field is looked at below before it is used
  if (given instanceof Promise) throw invalid("modelFn returned a promise: it must be a plain synchronous function")
  if (typeof given !== "object" || given === null || given instanceof tf.Tensor)
    throw invalid("modelFn must return a record such as { loss, predictions }")
  checkLoss(spec, mode)
  const outfeeds: Array<Outfeed> = []
  const put = (name: string, x: tf.Tensor): number => outfeeds.push({ name, node: recording.nodeOf(x, name, undefined) }) - 1
  const all = (prefix: string, tensors: { readonly [name: string]: tf.Tensor }, perRow: boolean) =>
    Object.entries(tensors).map(([name, x]) => {
      const path = `${prefix}/${name}`
      checkTensor(x, path)
      if (perRow) checkRows(x, rows, path)
      return { name, outfeed: put(path, x) }
    })
  const predictions = checkedPredictions(spec, mode)
  return {
    loss: spec.loss === undefined || mode === "predict" ? undefined : recording.nodeOf(spec.loss, "loss", undefined),
    replicaLoss: mode === "evaluate" ? put("replica_loss", spec.loss!) : undefined, // checked above
    predictions: all("predictions", predictions, true),
    metrics:
      mode === "evaluate"
        ? Object.entries(spec.evalMetrics ?? {}).map(([name, { tensors, metric }]): TracedMetric<E, R> => ({
            name,
            metric,
            tensors: all(`metrics/${name}`, tensors, true)
          }))
        : [],
    hostCall:
      mode === "predict" || spec.hostCall === undefined
        ? undefined
        : { call: spec.hostCall.call, everySteps: everyStepsOf(spec.hostCall), tensors: all("host_call", spec.hostCall.tensors, false) },
    summaries: summaries.map(({ name, kind, node, options }) => ({
      name,
      kind,
      options,
      outfeed: outfeeds.push({ name: `summary/${name}`, node }) - 1
    })),
    cache: checkCache(spec, cacheLeaves).map((x, i) => recording.nodeOf(x, `cache/${i}`, undefined)),
    outfeeds
  }
}

const checkedPredictions = (spec: EstimatorSpec<unknown, unknown>, mode: Mode): { readonly [name: string]: tf.Tensor } => {
  if (mode !== "predict") return {}
  if (spec.predictions === undefined || Object.keys(spec.predictions).length === 0) {
    throw invalid(`the spec has no predictions, which mode "predict" needs: return { predictions: { name: tensor } } with the batch on axis 0`)
  }
  return spec.predictions
}

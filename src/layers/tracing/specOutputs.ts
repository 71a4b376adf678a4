/**
 * Checks what a model function returned and takes the step's outputs from it.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import type { EstimatorSpec } from "../../domain/Model.ts"
import type { NodeId } from "../../domain/graph/Graph.ts"
import type { Mode } from "../../domain/Program.ts"
import { printType, sameType, type TensorType } from "../../domain/Tensor.ts"
import type { Traced, TracedMetric } from "../../services/Tracer.ts"
import { failure } from "./failures.ts"
import type { Recording } from "./Recording.ts"
import { checkKeys, checkTensor, described, exportsOf, hostCallOf, invalid, metricsOf, predictionsOf, type Tensors, typeOf } from "./specForm.ts"
import type { MarkedSummary } from "./summaries.ts"

export interface Outfeed {
  readonly name: string
  readonly node: NodeId
}

export interface SpecOutputs<E = never, R = never> extends Pick<
  Traced<E, R>,
  "metrics" | "hostCall" | "summaries" | "predictions" | "exports" | "replicaLoss"
> {
  readonly loss: NodeId | undefined
  readonly outfeeds: ReadonlyArray<Outfeed>
  /** Successors of the cache leaves. */
  readonly cache: ReadonlyArray<NodeId>
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
  if (!Array.isArray(cache)) throw failure("CacheMismatch", `cache must be an array of tensors, got ${described(cache)}`, { op: "modelFn" })
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

/** `mode`, `rows` (of this replica's batch) and the cache leaves decide what the spec must have. */
export const specOutputs = <E, R>(
  recording: Recording,
  spec: EstimatorSpec<E, R>,
  mode: Mode,
  rows: number,
  cacheLeaves: ReadonlyArray<TensorType>,
  summaries: ReadonlyArray<MarkedSummary>,
  exporting: boolean
): SpecOutputs<E, R> => {
  const given: unknown = spec // of callers without types; every field is looked at below before it is used
  if (given instanceof Promise) throw invalid("modelFn returned a promise: it must be a plain synchronous function")
  if (typeof given !== "object" || given === null || Array.isArray(given) || given instanceof tf.Tensor)
    throw invalid(`modelFn must return a record such as { loss, predictions }, got ${described(given)}`)
  checkKeys(given)
  checkLoss(spec, mode)
  const outfeeds: Array<Outfeed> = []
  const put = (name: string, x: tf.Tensor): number => outfeeds.push({ name, node: recording.nodeOf(x, name, undefined) }) - 1
  const all = (prefix: string, tensors: Tensors, perRow: boolean) =>
    Object.entries(tensors).map(([name, x]) => {
      const path = `${prefix}/${name}`
      if (perRow) checkRows(x, rows, path)
      return { name, outfeed: put(path, x) }
    })
  const hostCall = hostCallOf(spec)
  const signatures = mode === "predict" && exporting ? exportsOf(spec) : []
  return {
    loss: spec.loss === undefined || mode === "predict" ? undefined : recording.nodeOf(spec.loss, "loss", undefined),
    replicaLoss: mode === "evaluate" ? put("replica_loss", spec.loss!) : undefined, // checked above
    predictions: mode === "predict" ? all("predictions", predictionsOf(spec), true) : [],
    exports: signatures.map(({ kind, name, outputs }) => ({
      name,
      kind,
      outputs: all(`exports/${name}`, outputs, true).map(({ name: key, outfeed }) => ({ key, outfeed }))
    })),
    metrics:
      mode === "evaluate"
        ? metricsOf(spec).map(([name, { metric, tensors }]): TracedMetric<E, R> => ({ name, metric, tensors: all(`metrics/${name}`, tensors, true) }))
        : [],
    hostCall: hostCall && { call: hostCall.call, everySteps: hostCall.everySteps, tensors: all("host_call", hostCall.tensors, false) },
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

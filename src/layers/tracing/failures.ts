/**
 * The tracer's failures, with what to do about each.
 *
 * @since 0.1.0
 */
import { TraceError, type TraceReason } from "../../domain/Errors.ts"
import type { SourceLocation } from "../../domain/graph/Graph.ts"

export interface FailureContext {
  readonly op?: string | undefined
  readonly source?: SourceLocation | undefined
  readonly cause?: unknown
}

/** Leaves out what is not known, as the error's fields are exact. */
export const failure = (reason: TraceReason, detail: string, { op, source, cause }: FailureContext = {}): TraceError =>
  new TraceError({
    reason,
    detail,
    ...(op === undefined ? {} : { op }),
    ...(source === undefined ? {} : { source }),
    ...(cause === undefined ? {} : { cause })
  })

export const hostRead = (op: string, madeAt: SourceLocation | undefined, source: SourceLocation | undefined): TraceError =>
  failure(
    "HostRead",
    `the value of a recorded tensor was read on the host (data, dataSync, arraySync, print or the like)${madeAt === undefined ? "" : `; it was made at ${madeAt}`}. ` +
      `While modelFn is recorded tensors have no values: branch with tf.where instead of if, and give values to the host by hostCall, evalMetrics or predictions`,
    { op, source }
  )

export const unknownKernel = (op: string, source: SourceLocation | undefined, instead?: string): TraceError =>
  failure(
    "UnknownKernel",
    `this TensorFlow.js kernel has no recording rule. ${instead ?? "Express it with other tf operations, or compute it on the host and feed it as a feature"}`,
    { op, source }
  )

export const complexOperand = (op: string, source: SourceLocation | undefined): TraceError =>
  failure(
    "UnknownKernel",
    `complex numbers cannot come here: the results, state and most kernels of a compiled step are float32, int32 or bool. Take tf.real and tf.imag of them, or tf.abs`,
    { op, source }
  )

export const dataDependentShape = (op: string, source: SourceLocation | undefined, instead: string): TraceError =>
  failure("DataDependentShape", `the shape of its result depends on values, and a compiled step has fixed shapes. ${instead}`, { op, source })

/** What has the same result without a read, by the tfjs function. */
const asyncAlternatives: Readonly<Record<string, string>> = {
  inTopKAsync:
    'Compare scores in place of indices: tf.less(tf.sum(tf.cast(tf.greater(predictions, tf.sum(tf.mul(predictions, tf.oneHot(targets, classes)), -1, true)), "int32"), -1), k); ' +
    "as a metric of an evaluation use Metrics.topKAccuracy"
}

/** A tfjs function that awaits values: its result has a shape that depends on them, or (`inTopKAsync`) comes too late. */
export const asyncSelection = (op: string, source: SourceLocation | undefined): TraceError => {
  const instead = asyncAlternatives[op]
  if (instead === undefined) return dataDependentShape(op, source, "Keep all rows and use a mask: tf.where(condition, a, b) or a product with it")
  return failure("HostRead", `it reads values and gives a promise, for which a model function cannot wait. ${instead}`, { op, source })
}

export const hostRandomness = (op: string, source: SourceLocation | undefined): TraceError =>
  failure(
    "HostRandomness",
    `a value drawn (or read from a clock) on the host became a constant of the step: every step would use the same numbers. ` +
      `Use random.dropout(x, rate), random.uniform(shape), random.normal(shape) or random.truncatedNormal(shape) of modelFn's input instead`,
    { op, source }
  )

export const foreignVariable = (name: string, op: string, source: SourceLocation | undefined): TraceError =>
  failure(
    "ForeignVariable",
    `the variable "${name}" was not made in this call of modelFn, so it cannot be part of the step's state. ` +
      `Make it inside with variables.get("${name}", shape); build tf.layers models and optimizers inside modelFn, too`,
    { op, source }
  )

export const foreignTensor = (op: string, source: SourceLocation | undefined): TraceError =>
  failure(
    "ForeignTensor",
    `a tensor from an earlier recording was used: it has no value and no place in this graph. ` +
      `Do not keep tensors between calls of modelFn; carry them in the cache or in a variable`,
    { op, source }
  )

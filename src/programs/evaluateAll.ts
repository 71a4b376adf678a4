/**
 * Evaluates the checkpoints of a model directory, to find the best: the evaluation of `train.py` of Transformer-XL.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { CheckpointError, ConfigError, type EstimatorError } from "../domain/Errors.ts"
import type { Input } from "../domain/Input.ts"
import * as RunConfig from "../domain/RunConfig.ts"
import { type MetricChoice, sortBest } from "../domain/scores.ts"
import { type CheckpointRef, CheckpointStore } from "../services/CheckpointStore.ts"
import type { Estimator, EstimatorServices } from "./Estimator.ts"
import { evaluateKept, type EvaluateResult } from "./evaluate.ts"
import * as keptPrograms from "./keptPrograms.ts"
import type { Session } from "./session.ts"

/** @category models @since 0.1.0 */
export interface EvaluateAllOptions<E, R> extends MetricChoice {
  readonly input: Input<E, R>
  /** Batches for each checkpoint; default: to the end of the input. */
  readonly steps?: number
  /** Checkpoints from this global step on. Default: all. */
  readonly minStep?: number
  /** Checkpoints up to this global step. Default: all. */
  readonly maxStep?: number
}

/** @category models @since 0.1.0 */
export interface EvaluatedCheckpoint extends EvaluateResult {
  readonly checkpoint: CheckpointRef
}

/**
 * Each checkpoint within the range, compiled once and evaluated in order of step; the results come best first: by the least
 * loss (which is the least perplexity) or as `metric` and `order` say. A directory without a checkpoint in the range is a
 * `CheckpointError`.
 *
 * @category programs
 * @since 0.1.0
 */
export const evaluateAll = <P, ME = never, MR = never, E = never, R = never>(
  estimator: Estimator<P, ME, MR>,
  options: EvaluateAllOptions<E, R>
): Effect.Effect<ReadonlyArray<EvaluatedCheckpoint>, EstimatorError | ME | E, EstimatorServices | MR | R> => Effect.scoped(all(estimator, options))

const all = Effect.fn("Estimator.evaluateAll")(function* <P, ME, MR, E, R>(estimator: Estimator<P, ME, MR>, options: EvaluateAllOptions<E, R>) {
  const { modelDir } = yield* Effect.fromResult(RunConfig.decode(estimator.config))
  if (modelDir === undefined) return yield* new ConfigError({ key: "modelDir", detail: "it is not set: where are the checkpoints?" })
  const { maxStep = Infinity, minStep = 0, steps } = options
  const there = yield* (yield* CheckpointStore).list(modelDir)
  const refs = there.filter(({ step }) => step >= minStep && step <= maxStep)
  if (refs.length === 0) {
    const detail = `no checkpoint has a step from ${minStep} to ${maxStep}; there ${there.length === 1 ? "is" : "are"} ${there.map(({ step }) => step).join(", ") || "none at all"}`
    return yield* new CheckpointError({ reason: "NotFound", file: modelDir, detail })
  }
  const kept = yield* keptPrograms.make<Session<ME, MR>>()
  const results: Array<EvaluatedCheckpoint> = []
  for (const checkpoint of refs) {
    const evaluateOptions = { input: options.input, checkpointPath: checkpoint.path, ...(steps === undefined ? {} : { steps }) }
    const result = yield* evaluateKept(estimator, evaluateOptions, kept)
    results.push({ ...result, checkpoint })
  }
  return yield* Effect.fromResult(sortBest(results, options))
})

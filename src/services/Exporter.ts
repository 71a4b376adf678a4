/**
 * Gives a trained model away after an evaluation, for instance as files that a server loads. After `tf.estimator.Exporter`.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { type MetricChoice, type Scores, scoreOf } from "../domain/scores.ts"
import type { ConfigError } from "../domain/Errors.ts"
import type { CheckpointRef } from "./CheckpointStore.ts"

/** @category models @since 0.1.0 */
export interface ExportRequest {
  readonly checkpoint: CheckpointRef
  readonly evalResult: Scores
  /** Results of the other checkpoints of the model directory, those of earlier runs too, in order of step. */
  readonly history: ReadonlyArray<Scores>
  /** The training is over; a checkpoint may come a second time for this. */
  readonly isFinal: boolean
}

/** Called after each evaluation of `trainAndEvaluate`: as it is, it exports the latest (`LatestExporter`). @category models @since 0.1.0 */
export interface Exporter<E = never, R = never> {
  readonly name: string
  readonly export: (request: ExportRequest) => Effect.Effect<void, E, R>
}

/** Exports once, at the end of the training (`FinalExporter`). @category combinators @since 0.1.0 */
export const onlyFinal = <E, R>(exporter: Exporter<E, R>): Exporter<E, R> => ({
  name: exporter.name,
  export: (request) => (request.isFinal ? exporter.export(request) : Effect.void)
})

/** Exports what is better than all before it, also of earlier runs (`BestExporter`); by default the least loss. @category combinators @since 0.1.0 */
export const onlyBest = <E, R>(exporter: Exporter<E, R>, choice: MetricChoice = {}): Exporter<E | ConfigError, R> => ({
  name: exporter.name,
  export: Effect.fnUntraced(function* (request) {
    const own = yield* Effect.fromResult(scoreOf(request.evalResult, choice.metric))
    for (const other of request.history) {
      const score = scoreOf(other, choice.metric)
      if (Result.isSuccess(score) && (choice.order === "higher" ? score.success >= own : score.success <= own)) return
    }
    // no number is better than nothing
    if (!Number.isNaN(own)) yield* exporter.export(request)
  })
})

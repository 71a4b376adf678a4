/**
 * The prediction program.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Pull from "effect/Pull"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { EstimatorError, InputError } from "../domain/Errors.ts"
import { type Input } from "../domain/Input.ts"
import * as RunConfig from "../domain/RunConfig.ts"
import { sizeOf, type Tensor } from "../domain/Tensor.ts"
import { Outfeed } from "../services/Outfeed.ts"
import { Rendezvous } from "../services/Rendezvous.ts"
import type { Estimator, EstimatorServices } from "./Estimator.ts"
import { runAll, toRestore } from "./evaluate.ts"
import { reader } from "./hostCall.ts"
import { deploy } from "./deploy.ts"
import * as drains from "./drain.ts"
import * as pumps from "./pump.ts"
import * as session from "./session.ts"

/** @category models @since 0.1.0 */
export interface PredictOptions<E, R> {
  readonly input: Input<E, R>
  /** One element per example, without the batch axis (default), or one per batch, padding cut off. */
  readonly yieldSingleExamples?: boolean
  /** Path of a checkpoint; default: the newest of the model directory. */
  readonly checkpointPath?: string
}

/** The model's predictions by name. @category models @since 0.1.0 */
export type Prediction = { readonly [name: string]: Tensor }

/** Batches of predictions that wait for the consumer. */
const waiting = 2

/** Row `i` of each tensor, without the batch axis. */
const rowOf = (batch: Prediction, i: number): Prediction => {
  const row: Record<string, Tensor> = {}
  for (const [name, { data, dtype, shape }] of Object.entries(batch)) {
    const inner = shape.slice(1)
    const width = sizeOf(inner)
    row[name] = { dtype, shape: inner, data: data.slice(i * width, (i + 1) * width) }
  }
  return row
}

/**
 * Predicts over the input, as a stream with back-pressure: the device runs no further ahead of the consumer than its
 * buffers, and leaving the stream ends the run. Every example gives one prediction, in order; an empty input gives an
 * empty stream. The recurrent cache is carried from batch to batch.
 *
 * @category programs
 * @since 0.1.0
 */
export const predict = <P, E = never, R = never>(
  estimator: Estimator<P>,
  options: PredictOptions<E, R>
): Stream.Stream<Prediction, EstimatorError | E, EstimatorServices | R> => {
  // the pull fails with `Done` besides the program's errors, and lives in the stream's scope
  const batches = Stream.scoped(Stream.fromPull(batchPull(estimator, options))) as Stream.Stream<
    Prediction,
    EstimatorError | E,
    EstimatorServices | R
  >
  if (options.yieldSingleExamples === false) return batches
  const rowsOf = (batch: Prediction) => Array.from({ length: Object.values(batch)[0]?.shape[0] ?? 0 }, (_, i) => rowOf(batch, i))
  return Stream.flatMap(batches, (batch) => Stream.fromIterable(rowsOf(batch)))
}

type BatchPull<E> = Pull.Pull<readonly [Prediction], EstimatorError | E>

const batchPull = Effect.fnUntraced(function* <P, E, R>(
  estimator: Estimator<P>,
  options: PredictOptions<E, R>
): Effect.fn.Return<BatchPull<E>, EstimatorError | E, EstimatorServices | R | Scope.Scope> {
  const config = yield* Effect.fromResult(RunConfig.decode(estimator.config))
  const { layout, source } = yield* deploy(estimator, "predict", options.input, config)
  const { feed, first } = yield* session.openInput(source, undefined, config.prefetch)
  if (first === undefined) return Cause.done()
  const restored = yield* toRestore(config, options.checkpointPath)
  const silent = { emit: () => Effect.void, flush: Effect.void }
  const run = yield* session.compile(estimator, "predict", first, estimator.predictBatchSize, config.seed, silent, layout)
  yield* session.setState(run, config, restored, ["variable"])
  const pump = pumps.make<E | InputError>({
    feed,
    first,
    spec: run.spec,
    executable: run.executable,
    limit: Infinity,
    pad: true,
    sleepSecs: config.tpu.initialInfeedSleepSecs
  })
  const outfeed = yield* (yield* Outfeed).open<Prediction>(waiting)
  const outcome = yield* Deferred.make<never, EstimatorError | E | Cause.Done>()
  const read = reader(run.traced.program, run.traced.predictions, run.spec)
  const moved = yield* drains.make(run.executable, (output) => outfeed.offer(read(output.outfeed, pump.nextValid())))
  const rendezvous = yield* Rendezvous
  yield* rendezvous
    .meet(runAll(run, pump, Infinity, moved), [
      { name: "infeed", effect: pump.effect },
      { name: "outfeed", effect: moved.effect }
    ])
    .pipe(
      Effect.matchCauseEffect({
        // predictions made before the failure come first
        onFailure: (cause) => Effect.andThen(outfeed.end, Deferred.failCause(outcome, cause)),
        onSuccess: () => Effect.andThen(outfeed.end, Deferred.fail(outcome, Cause.Done()))
      }),
      Effect.forkScoped
    )
  const next: BatchPull<E> = outfeed.take.pipe(
    Effect.map((batch) => [batch] as const),
    Pull.catchDone(() => Deferred.await(outcome))
  )
  return next
})

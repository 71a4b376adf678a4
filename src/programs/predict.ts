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
import type { StepOutput } from "../domain/Program.ts"
import * as RunConfig from "../domain/RunConfig.ts"
import { sizeOf, type Tensor } from "../domain/Tensor.ts"
import { Outfeed } from "../services/Outfeed.ts"
import { type AnyHook, type Hook, type HookError, type HookServices } from "../services/Hooks.ts"
import { Rendezvous } from "../services/Rendezvous.ts"
import { Summaries } from "../services/Summaries.ts"
import type { Estimator, EstimatorServices } from "./Estimator.ts"
import { beginning, contexts, runBatches } from "./batchLoop.ts"
import { deploy } from "./deploy.ts"
import * as drains from "./drain.ts"
import * as events from "./events.ts"
import { hostCaller, reader } from "./hostCall.ts"
import { checkHooks } from "./hooks/checkHooks.ts"
import type { KeptPrograms } from "./keptPrograms.ts"
import * as pumps from "./pump.ts"
import { each, type Placing } from "./placement.ts"
import * as session from "./session.ts"

/** @category models @since 0.1.0 */
export interface PredictOptions<E, R, HE = never, HR = never> {
  readonly input: Input<E, R>
  /** One element per example, without the batch axis (default), or one per batch, padding cut off. */
  readonly yieldSingleExamples?: boolean
  /** Path of a checkpoint; default: the newest of the model directory. */
  readonly checkpointPath?: string
  /** Called in this order around each device run; their `step` counts batches. `"stop"` ends the predictions. */
  readonly hooks?: ReadonlyArray<Hook<HE, HR>>
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
 * empty stream. The recurrent cache is carried from batch to batch. The model's host call sees each batch before its predictions
 * come. The sinks hear `begin`, `compile`, `graph`, what hooks and the host call emit, and `end`.
 *
 * @category programs
 * @since 0.1.0
 */
export const predict = <P, ME = never, MR = never, E = never, R = never, H extends AnyHook = Hook>(
  estimator: Estimator<P, ME, MR>,
  // as in `train`: each hook may fail with errors of its own
  options: Omit<PredictOptions<E, R>, "hooks"> & { readonly hooks?: ReadonlyArray<H> }
): Stream.Stream<Prediction, EstimatorError | ME | E | HookError<H>, EstimatorServices | MR | R | HookServices<H>> =>
  predictions(
    // a hook is a hook of its own errors and requirements, which the compiler does not see of a type parameter
    batchPull(estimator, options as unknown as PredictOptions<E, R, HookError<H>, HookServices<H>>, each),
    options.yieldSingleExamples ?? true
  )

/** The stream of a pull's batches, or of their rows. @category programs @since 0.1.0 */
export const predictions = <E, R>(
  pull: Effect.Effect<Pull.Pull<readonly [Prediction], E>, E, R | Scope.Scope>,
  singly: boolean
): Stream.Stream<Prediction, E, Exclude<R, Scope.Scope>> => {
  // the pull fails with `Done` besides the program's errors, and lives in the stream's scope
  const batches = Stream.scoped(Stream.fromPull(pull)) as Stream.Stream<Prediction, E, Exclude<R, Scope.Scope>>
  if (!singly) return batches
  const rowsOf = (batch: Prediction) => Array.from({ length: Object.values(batch)[0]?.shape[0] ?? 0 }, (_, i) => rowOf(batch, i))
  return Stream.flatMap(batches, (batch) => Stream.fromIterable(rowsOf(batch)))
}

/** @category models @since 0.1.0 */
export interface SharedByCalls<ME, MR> {
  readonly log: events.Events
  readonly kept: KeptPrograms<session.Session<ME, MR>>
}

type BatchPull<E> = Pull.Pull<readonly [Prediction], E>

/** One program, from its first batch on; `placing` finds the checkpoint to predict from. `shared` is what many calls have in common, of which none announces itself. @category programs @since 0.1.0 */
export const batchPull = Effect.fnUntraced(function* <P, ME, MR, E, R, HE, HR>(
  estimator: Estimator<P, ME, MR>,
  options: PredictOptions<E, R, HE, HR>,
  placing: Placing,
  shared?: SharedByCalls<ME, MR>
): Effect.fn.Return<BatchPull<EstimatorError | ME | E | HE>, EstimatorError | ME | E | HE, EstimatorServices | MR | R | HR | Scope.Scope> {
  const config = yield* Effect.fromResult(RunConfig.decode(estimator.config))
  const hooks = yield* checkHooks(options.hooks, "predict")
  const { layout, source } = yield* deploy(estimator, "predict", options.input, config)
  const { feed, first } = yield* session.openInput(source, undefined, config.prefetch)
  if (first === undefined) return Cause.done()
  const placement = yield* placing(config, options.checkpointPath)
  const form = yield* session.formOf("predict", first, estimator.predictBatchSize, layout)
  const log = shared?.log ?? (yield* events.open(config.modelDir))
  const span = events.span(log, { mode: "predict", step: placement.step })
  // one that is left before its end is done, too
  if (shared === undefined) yield* Effect.andThen(span.begin, Effect.addFinalizer(span.end))
  const context = contexts("predict", config, placement.step, Infinity, log)
  const compiling = session.compile(estimator, "predict", form, config, log, shared?.kept)
  const placed = Effect.flatMap(compiling, (run) => Effect.map(placement.place(run), (globalStep) => ({ run, globalStep })))
  const { globalStep, run } = yield* beginning(hooks, context.before, placed)
  const { executable, spec } = run
  const sleepSecs = config.tpu.initialInfeedSleepSecs
  const pump = pumps.make<E | InputError>({ feed, first, spec, executable, limit: Infinity, pad: true, sleepSecs })
  const outfeed = yield* (yield* Outfeed).open<Prediction>(waiting)
  const outcome = yield* Deferred.make<never, EstimatorError | ME | E | HE | Cause.Done>()
  const read = reader(run.traced.program, run.traced.predictions, spec)
  const call = hostCaller(run.traced, spec)
  const handle = Effect.fnUntraced(function* (output: StepOutput) {
    const rows = pump.nextValid()
    yield* call(output, rows, globalStep)
    yield* outfeed.offer(read(output.outfeed, rows))
  })
  const moved = yield* drains.make(executable, handle)
  const loop = { run, pump, limit: Infinity, outfeed: moved, hooks, contextAt: context.ofRun(run) }
  yield* (yield* Rendezvous)
    .meet(runBatches(loop), [
      { name: "infeed", effect: pump.effect },
      { name: "outfeed", effect: moved.effect }
    ])
    .pipe(
      Effect.provideService(Summaries, log.emit),
      Effect.matchCauseEffect({
        // predictions made before the failure come first
        onFailure: (cause) => Effect.andThen(outfeed.end, Deferred.failCause(outcome, cause)),
        onSuccess: () => Effect.andThen(outfeed.end, Deferred.fail(outcome, Cause.Done()))
      }),
      Effect.forkScoped
    )
  const next: BatchPull<EstimatorError | ME | E | HE> = outfeed.take.pipe(
    Effect.map((batch) => [batch] as const),
    Pull.catchDone(() => Deferred.await(outcome))
  )
  return next
})

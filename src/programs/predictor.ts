/**
 * Predictions on demand, for a server: compiled once, not at each call.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { type EstimatorError, type PredictorTaken } from "../domain/Errors.ts"
import { type Input, isSource, make as makeSource, type SingleInput } from "../domain/Input.ts"
import * as RunConfig from "../domain/RunConfig.ts"
import type { Estimator, EstimatorServices } from "./Estimator.ts"
import * as events from "./events.ts"
import * as keptPrograms from "./keptPrograms.ts"
import { batchPull, type Prediction, predictions, type PredictOptions } from "./predict.ts"
import { make as makeTurns } from "./turns.ts"
import * as placement from "./placement.ts"
import type { Session } from "./session.ts"

/** @category models @since 0.1.0 */
export interface PredictorOptions {
  /** How long a call may leave its stream unread while others wait, who fail then. Default 300. */
  readonly patienceSecs?: number
}

/** @category models @since 0.1.0 */
export interface Predictor<ME = never> {
  /**
   * As `Estimator.predict`, but for hooks. A call predicts from the newest checkpoint at its beginning (or the one asked for),
   * and begins with a cache of its own; calls are taken one after another, each until its stream ends or is left. Fails with
   * `PredictorTaken` when asked from within a stream of its own (by the fiber that reads it, its input, or its host call), and
   * when the call before has left its stream unread for `patienceSecs`.
   */
  readonly predict: <E = never, R = never>(
    options: Omit<PredictOptions<E, R>, "hooks">
  ) => Stream.Stream<Prediction, EstimatorError | PredictorTaken | ME | E, R>
}

/** The input with the services that its caller has, whatever the program around it was given. */
const seeing = <E, R>(input: Input<E, R>, context: Context.Context<R>): Input<E, Scope.Scope> => {
  const provided = <A>(stream: Stream.Stream<A, E, R>) =>
    // the scope stays the program's, which closes what the input opens
    Stream.updateContext(stream, (own: Context.Context<Scope.Scope>) => Context.add(context, Scope.Scope, Context.get(own, Scope.Scope)))
  const single = (one: SingleInput<E, R>): SingleInput<E, Scope.Scope> => {
    if (Stream.isStream(one)) return provided(one)
    // what is no input is refused when it is opened
    return isSource(one) ? makeSource((from) => provided(one.batches(from))) : one
  }
  return typeof input === "function" ? (given) => single(input(given)) : single(input)
}

/**
 * A predictor that lives until the scope closes. It compiles at the first call, and again for a batch of another form (give
 * `predictBatchSize` where requests differ in size: smaller ones are padded). While the checkpoint is the same, its weights stay
 * on the device. The sinks are its own, opened once: they hear what it compiles.
 *
 * @category programs
 * @since 0.1.0
 */
export const predictor = Effect.fn("Estimator.predictor")(function* <P, ME = never, MR = never>(
  estimator: Estimator<P, ME, MR>,
  { patienceSecs = 300 }: PredictorOptions = {}
): Effect.fn.Return<Predictor<ME>, never, EstimatorServices | MR | Scope.Scope> {
  const services = yield* Effect.context<EstimatorServices | MR>()
  const kept = yield* keptPrograms.make<Session<ME, MR>>()
  const config = RunConfig.decode(estimator.config) // a wrong one is the failure of each call
  const log = yield* events.open(Result.isSuccess(config) ? config.success.modelDir : undefined)
  const placing = placement.keeping()
  const turns = yield* makeTurns(patienceSecs)
  const predict = <E, R>(options: Omit<PredictOptions<E, R>, "hooks">) => {
    const stream = Effect.map(Effect.context<R>(), (caller) => {
      // the device and the other services are those that the program was compiled with; the input sees the caller's
      const given = { ...options, input: seeing(options.input, caller) }
      const batches = turns.within(batchPull<P, ME, MR, E, Scope.Scope, never, never>(estimator, given, placing, { log, kept }))
      const pull = Effect.map(Effect.andThen(turns.take, turns.using(batches)), turns.using)
      return Stream.provideContext(predictions(pull, options.yieldSingleExamples ?? true), Context.merge(caller, services))
    })
    return Stream.unwrap(stream)
  }
  return { predict }
})

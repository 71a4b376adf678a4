/**
 * Predictions on demand, for a server: compiled once, not at each call.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import type { EstimatorError } from "../domain/Errors.ts"
import type { Estimator, EstimatorServices } from "./Estimator.ts"
import * as keptPrograms from "./keptPrograms.ts"
import { batchPull, type Prediction, predictions, type PredictOptions } from "./predict.ts"
import { toRestore } from "./restore.ts"

/** @category models @since 0.1.0 */
export interface Predictor<ME = never> {
  /**
   * As `Estimator.predict`, but for hooks. A call predicts from the newest checkpoint at its beginning (or the one asked for),
   * and begins with a cache of its own; calls are taken one after another, each until its stream ends
   * or is left: a call within the stream of another waits for ever.
   */
  readonly predict: <E = never, R = never>(options: Omit<PredictOptions<E, R>, "hooks">) => Stream.Stream<Prediction, EstimatorError | ME | E, R>
}

/**
 * A predictor that lives until the scope closes. It compiles at the first call, and again for a batch of another form (give
 * `predictBatchSize` where requests differ in size: smaller ones are padded).
 *
 * @category programs
 * @since 0.1.0
 */
export const predictor = Effect.fn("Estimator.predictor")(function* <P, ME = never, MR = never>(
  estimator: Estimator<P, ME, MR>
): Effect.fn.Return<Predictor<ME>, never, EstimatorServices | MR | Scope.Scope> {
  const services = yield* Effect.context<EstimatorServices | MR>()
  const kept = yield* keptPrograms.make
  const gate = yield* Semaphore.make(1)
  const turn = Effect.acquireRelease(gate.take(1), () => gate.release(1), { interruptible: true })
  const predict = <E, R>(options: Omit<PredictOptions<E, R>, "hooks">) => {
    const batches = batchPull<P, ME, MR, E, R, never, never>(estimator, options, toRestore)
    const pull = Effect.provideService(Effect.andThen(turn, batches), keptPrograms.KeptPrograms, kept)
    const stream = Stream.provideContext(predictions(pull, options.yieldSingleExamples ?? true), services)
    // what is left of the requirements is the input's: the compiler does not subtract from a type parameter
    return stream as Stream.Stream<Prediction, EstimatorError | ME | E, R>
  }
  return { predict }
})

/**
 * The training program.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { ConfigError, type EstimatorError } from "../domain/Errors.ts"
import type { Input } from "../domain/Input.ts"
import * as RunConfig from "../domain/RunConfig.ts"
import { CheckpointStore } from "../services/CheckpointStore.ts"
import { type AnyHook, type Hook, type HookError, Hooks, type HookServices } from "../services/Hooks.ts"
import { Rendezvous } from "../services/Rendezvous.ts"
import { Summaries } from "../services/Summaries.ts"
import { beginning } from "./batchLoop.ts"
import type { Estimator, EstimatorServices } from "./Estimator.ts"
import * as events from "./events.ts"
import { checkHooks } from "./hooks/checkHooks.ts"
import * as savePoints from "./hooks/savePoints.ts"
import { latest } from "./restore.ts"
import * as session from "./session.ts"
import { runLoop } from "./trainLoop.ts"
import { setUp, type Start } from "./trainSetup.ts"

/** @category models @since 0.1.0 */
export interface TrainOptions<E, R, HE = never, HR = never> {
  readonly input: Input<E, R>
  /** Steps from where the run begins; not together with `maxSteps`. Without either it trains to the end of the input. */
  readonly steps?: number
  /** The global step to stop at; a run that is there already does nothing. */
  readonly maxSteps?: number
  /** Called after those of the `Hooks` service. */
  readonly hooks?: ReadonlyArray<Hook<HE, HR>>
  /** Asked before each checkpoint: those of these steps are kept besides the newest `keepCheckpointMax`. */
  readonly protect?: () => ReadonlyArray<number>
}

/** @category models @since 0.1.0 */
export interface TrainResult {
  /** Where the run ended. */
  readonly globalStep: number
  /** Steps done by this call. */
  readonly steps: number
  /** The loss last reported; NaN when no step was done. */
  readonly loss: number
}

const validate = (options: { readonly steps?: number; readonly maxSteps?: number }): ConfigError | undefined => {
  if (options.steps !== undefined && options.maxSteps !== undefined) {
    return new ConfigError({ key: "steps", detail: "steps and maxSteps cannot both be given." })
  }
  for (const key of ["steps", "maxSteps"] as const) {
    const value = options[key]
    if (value !== undefined && !(Number.isInteger(value) && value > 0)) {
      return new ConfigError({ key, detail: `expected a positive whole number, got ${value}.` })
    }
  }
  return undefined
}

/**
 * Trains: restores the newest checkpoint of the model directory, runs steps until `steps`, `maxSteps`, the end of the
 * input or a hook's `"stop"`, saves checkpoints on the way and at the end. Interrupted, it finishes the step, saves, and
 * stays interrupted. A failure of the input is met after the batches before it, and the state before it is saved; after
 * a NaN loss, with a NaN in a variable, or after a failure of the device nothing is saved.
 *
 * @category programs
 * @since 0.1.0
 */
export const train = <P, ME = never, MR = never, E = never, R = never, H extends AnyHook = Hook>(
  estimator: Estimator<P, ME, MR>,
  // each hook may fail with errors of its own: with one type parameter for all of them they would have to agree
  options: Omit<TrainOptions<E, R>, "hooks"> & { readonly hooks?: ReadonlyArray<H> }
): Effect.Effect<TrainResult, EstimatorError | ME | E | HookError<H>, EstimatorServices | MR | R | HookServices<H>> =>
  // a hook is a hook of its own errors and requirements, which the compiler does not see of a type parameter
  Effect.scoped(trainScoped(estimator, options as unknown as TrainOptions<E, R, HookError<H>, HookServices<H>>))

const trainScoped = Effect.fn("Estimator.train")(function* <P, ME, MR, E, R, HE, HR>(
  estimator: Estimator<P, ME, MR>,
  options: TrainOptions<E, R, HE, HR>
) {
  const config = yield* Effect.fromResult(RunConfig.decode(estimator.config))
  const wrong = validate(options)
  if (wrong !== undefined) return yield* wrong
  if (config.modelDir !== undefined) yield* (yield* CheckpointStore).prepare(config.modelDir)
  const restored = yield* latest(config)
  const startStep = restored?.checkpoint.step ?? 0
  const lastStep = options.maxSteps ?? (options.steps === undefined ? undefined : startStep + options.steps)
  if (lastStep !== undefined && lastStep <= startStep) return { globalStep: startStep, steps: 0, loss: NaN }

  const log = yield* events.open(config.modelDir)
  let consumed = () => 0
  const span = events.span(log, { mode: "train", step: startStep, ...events.paramsOf(estimator.params) }, () => startStep + consumed())
  const announce = Effect.andThen(
    span.begin,
    restored === undefined ? Effect.void : log.emit({ event: "restore", step: startStep, file: restored.ref.path })
  )
  const hooks: ReadonlyArray<Hook<HE, HR>> = [...(yield* checkHooks(yield* Hooks, "train")), ...(yield* checkHooks(options.hooks, "train"))]
  yield* savePoints.check(hooks, config.modelDir)
  const start: Start<HE, HR> = { config, restored, startStep, lastStep, log, announce, hooks, protect: options.protect }
  const before = session.contextBefore("train", config, startStep, lastStep, log)
  const result = yield* Effect.gen(function* () {
    const { loop, parties } = yield* beginning(hooks, before, setUp(estimator, options.input, start))
    consumed = loop.pump.consumed
    return yield* (yield* Rendezvous).meet(runLoop(loop), parties)
  }).pipe(
    Effect.provideService(Summaries, log.emit),
    Effect.onExit((exit) => span.end(exit))
  )
  yield* log.flush
  return result
})

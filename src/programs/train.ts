/**
 * The training program.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import {
  type CheckpointError,
  ConfigError,
  type EstimatorError,
  type ExecuteError,
  InputError,
  type NanLossError,
  type SinkError
} from "../domain/Errors.ts"
import { type Input } from "../domain/Input.ts"
import { globalStepName, type State } from "../domain/Program.ts"
import * as iterationControl from "../domain/iterationControl.ts"
import * as RunConfig from "../domain/RunConfig.ts"
import * as TpuConfig from "../domain/TpuConfig.ts"
import { Device } from "../services/Device.ts"
import {
  type AnyHook,
  type Hook,
  type HookError,
  Hooks,
  type HookServices,
  type HookSignal,
  type RunContext,
  type RunValues
} from "../services/Hooks.ts"
import { CheckpointStore } from "../services/CheckpointStore.ts"
import { Rendezvous } from "../services/Rendezvous.ts"
import type { Estimator, EstimatorServices } from "./Estimator.ts"
import { deploy } from "./deploy.ts"
import * as drains from "./drain.ts"
import * as events from "./events.ts"
import { checkpoint } from "./hooks/checkpoint.ts"
import { logProgress } from "./hooks/logProgress.ts"
import { nanGuard } from "./hooks/nanGuard.ts"
import * as savePoints from "./hooks/savePoints.ts"
import { hostCaller } from "./hostCall.ts"
import * as pumps from "./pump.ts"
import * as savers from "./saver.ts"
import * as session from "./session.ts"
import { warmStart } from "./warmStart.ts"

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
 * a NaN loss or a failure of the device nothing is saved.
 *
 * @category programs
 * @since 0.1.0
 */
export const train = <P, E = never, R = never, H extends AnyHook = Hook>(
  estimator: Estimator<P>,
  // each hook may fail with errors of its own: with one type parameter for all of them they would have to agree
  options: Omit<TrainOptions<E, R>, "hooks"> & { readonly hooks?: ReadonlyArray<H> }
): Effect.Effect<TrainResult, EstimatorError | E | HookError<H>, EstimatorServices | R | HookServices<H>> =>
  // a hook is a hook of its own errors and requirements, which the compiler does not see of a type parameter
  Effect.scoped(trainScoped(estimator, options as unknown as TrainOptions<E, R, HookError<H>, HookServices<H>>))

const trainScoped = Effect.fn("Estimator.train")(function* <P, E, R, HE, HR>(estimator: Estimator<P>, options: TrainOptions<E, R, HE, HR>) {
  const config = yield* Effect.fromResult(RunConfig.decode(estimator.config))
  const wrong = validate(options)
  if (wrong !== undefined) return yield* wrong
  const device = yield* Device
  if (config.modelDir !== undefined) yield* (yield* CheckpointStore).prepare(config.modelDir)
  const restored = yield* session.latest(config)
  const startStep = restored?.checkpoint.step ?? 0
  const lastStep = options.maxSteps ?? (options.steps === undefined ? undefined : startStep + options.steps)
  if (lastStep !== undefined && lastStep <= startStep) return { globalStep: startStep, steps: 0, loss: NaN }

  const log = yield* events.open(config.modelDir)
  const time = new Date(yield* Clock.currentTimeMillis).toISOString()
  yield* log.emit({ event: "begin", mode: "train", engine: device.engine, replicas: device.replicas, step: startStep, time })
  if (restored !== undefined) yield* log.emit({ event: "restore", step: startStep, file: restored.ref.path })
  const hooks: ReadonlyArray<Hook<HE, HR>> = [...(yield* Hooks), ...(options.hooks ?? [])]
  yield* savePoints.check(hooks, config.modelDir)
  yield* Effect.forEach(hooks, (hook) => hook.begin ?? Effect.void, { discard: true })

  const from = restored?.checkpoint.texts.get(savers.inputPositionText)
  const { layout, source } = yield* deploy(estimator, "train", options.input, config)
  const { feed, first } = yield* session.openInput(source, from, config.prefetch)
  if (first === undefined) {
    const detail =
      from === undefined ? "the input has no batches" : "the input has no batches after the saved position; repeat it, or train with another"
    return yield* new InputError({ reason: "Empty", leaf: "", detail })
  }
  const run = yield* session.compile(estimator, "train", first, estimator.trainBatchSize, config.seed, log, layout)
  // under `loop` the cache of a checkpoint is of no use: each device run begins with a fresh one
  const looped = config.cachePolicy === "loop"
  yield* session.setState(run, config, restored, ["variable", "slot", ...(looped ? [] : ["cache" as const]), "random"])
  const warm = restored === undefined ? yield* warmStart(run, estimator.warmStart) : undefined
  if (warm !== undefined) yield* log.emit({ event: "restore", step: startStep, file: warm })
  const firstCache: State = looped ? yield* session.readCache(run) : new Map()
  const limit = lastStep === undefined ? Infinity : lastStep - startStep
  const pump = pumps.make<E | InputError>({
    feed,
    first,
    spec: run.spec,
    executable: run.executable,
    limit,
    pad: false,
    sleepSecs: config.tpu.initialInfeedSleepSecs
  })
  const contextAt = (step: number): RunContext => ({
    mode: "train",
    step,
    lastStep,
    readState: run.executable.readState,
    batchSize: run.spec.batchSize,
    modelDir: config.modelDir,
    emit: log.emit
  })
  const around = savePoints.make(hooks, contextAt)
  const saver = yield* savers.make({
    directory: config.modelDir,
    keep: config.keepCheckpointMax,
    retain: { everyHours: config.keepCheckpointEveryNHours, steps: options.protect },
    executable: run.executable,
    events: log,
    saved: restored?.checkpoint.step,
    positionAt: (step) => (step === startStep ? from : pump.positionAfter(step - startStep)),
    around
  })
  const builtIn: ReadonlyArray<Hook<HE | BuiltInError, HR>> = [
    // one of the user's takes the place of the built-in
    ...(hooks.some(({ name }) => name === nanGuard.name) ? [] : [nanGuard]),
    checkpoint(saver, config),
    ...(config.logStepCountSteps > 0 ? [logProgress(log, run.spec, config.logStepCountSteps)] : [])
  ]
  const call = hostCaller(run.traced, run.spec)
  const outfeed = yield* drains.make(run.executable, (output, count) => call(output, pump.nextValid(), startStep + count))
  const allHooks: ReadonlyArray<Hook<HE | BuiltInError, HR>> = [...hooks, ...builtIn]
  yield* savePoints.restore(hooks, restored?.checkpoint.texts)
  const loop = runLoop({ config, run, pump, hooks: allHooks, startStep, lastStep, firstCache, saver, around, contextAt }).pipe(
    Effect.tap((result) => Effect.andThen(pump.halt, outfeed.endAt(result.steps)))
  )
  const result = yield* (yield* Rendezvous)
    .meet(loop, [
      { name: "infeed", effect: pump.effect },
      { name: "outfeed", effect: outfeed.effect }
    ])
    .pipe(
      Effect.onExit((exit) => {
        const reason = Exit.isSuccess(exit) ? "done" : Exit.hasInterrupts(exit) ? "interrupted" : "failed"
        const step = startStep + pump.consumed()
        return Effect.ignore(Effect.andThen(Effect.ignore(saver.settle), log.emit({ event: "end", mode: "train", step, reason })))
      })
    )
  yield* log.flush
  return result
})

type BuiltInError = NanLossError | CheckpointError | ExecuteError | SinkError

interface Loop<E, HE, HR> {
  readonly config: RunConfig.RunConfig
  readonly run: session.Session
  readonly pump: pumps.Pump<E>
  readonly hooks: ReadonlyArray<Hook<HE, HR>>
  readonly startStep: number
  readonly lastStep: number | undefined
  readonly firstCache: State
  readonly saver: savers.Saver<HE, HR>
  readonly around: savePoints.SavePoints<HE, HR>
  readonly contextAt: (step: number) => RunContext
}

/** The session: hooks, runs, checkpoints. */
const runLoop = Effect.fnUntraced(function* <E, HE, HR>(loop: Loop<E, HE, HR>) {
  const { config, hooks, lastStep, pump, saver, startStep } = loop
  const { executable } = loop.run
  const context = () => loop.contextAt(startStep + pump.consumed())
  let loss = NaN
  let discarded = false
  const target = TpuConfig.loopSeconds(config.tpu.iterationsPerLoop)
  let control = target === undefined ? undefined : iterationControl.start(target * 1000)
  const steps = Effect.gen(function* () {
    for (const hook of hooks) if (hook.afterCreate !== undefined) yield* hook.afterCreate(context())
    loop.around.takeStop() // of the checkpoint at the start it is not heeded, as in the original
    let going = true
    while (going) {
      const step = startStep + pump.consumed()
      const count = Math.min(control?.count ?? config.iterationsPerLoop, lastStep === undefined ? Infinity : lastStep - step, pump.available())
      if (count <= 0) {
        const failure = step === lastStep ? undefined : pump.failure()
        if (failure !== undefined) return yield* Effect.failCause(failure)
        break
      }
      if (loop.firstCache.size > 0) yield* executable.writeState(loop.firstCache)
      for (const hook of hooks) if (hook.beforeRun !== undefined) yield* hook.beforeRun(context())
      const began = control === undefined ? 0 : yield* Clock.currentTimeMillis
      const { completed, losses } = yield* executable.run(count)
      if (control !== undefined) control = iterationControl.update(control, { steps: completed, millis: (yield* Clock.currentTimeMillis) - began })
      pump.consume(completed)
      if (completed === 0) continue
      loss = config.trackMean ? mean(losses) : losses[completed - 1]!
      const values: RunValues = { iterations: completed, loss, losses }
      const signals = yield* afterRuns(hooks, context(), values)
      discarded = signals.has("discard")
      if (signals.has("save") && !discarded) yield* saver.save
      going = !discarded && !signals.has("stop") && !loop.around.takeStop()
    }
  })
  // an interrupted run has ended at a step boundary that only the device knows
  const catchUp = Effect.map(executable.readState, (state) => pump.consume(state.get(globalStepName)!.data[0]! - startStep - pump.consumed()))
  yield* steps.pipe(
    Effect.onExit((exit) => {
      if (discarded || !isSound(exit)) return saver.settle
      const save = Effect.andThen(saver.save, saver.settle)
      return Exit.isSuccess(exit) ? save : Effect.andThen(catchUp, save)
    }),
    Effect.onExit(() => endAll(hooks, context()))
  )
  return { globalStep: startStep + pump.consumed(), steps: pump.consumed(), loss }
})

/** Whether the state on the device is that of a whole number of good steps. */
const isSound = (exit: Exit.Exit<unknown, unknown>): boolean => {
  const error = Exit.findErrorOption(exit)
  if (error._tag === "None") return !Exit.hasDies(exit)
  const tag = (error.value as { readonly _tag?: string } | null)?._tag // any error of a hook may be here
  return tag !== "NanLossError" && tag !== "NumericsError" && tag !== "ExecuteError"
}

const mean = (losses: Float32Array): number => losses.reduce((sum, loss) => sum + loss, 0) / losses.length

/** Every hook sees every run, also one that another hook stops; but for `discard`, which is like a failure. */
const afterRuns = Effect.fnUntraced(function* <HE, HR>(hooks: ReadonlyArray<Hook<HE, HR>>, context: RunContext, values: RunValues) {
  const signals = new Set<HookSignal>()
  for (const hook of hooks) {
    if (hook.afterRun === undefined) continue
    signals.add(yield* hook.afterRun(context, values))
    if (signals.has("discard")) break
  }
  return signals
})

/** Every hook's `end`, also those after one that fails. */
const endAll = Effect.fnUntraced(function* <HE, HR>(hooks: ReadonlyArray<Hook<HE, HR>>, context: RunContext) {
  const failures: Array<Cause.Cause<HE>> = []
  for (const hook of hooks) {
    const exit = yield* Effect.exit(hook.end?.(context) ?? Effect.void)
    if (Exit.isFailure(exit)) failures.push(exit.cause)
  }
  if (failures.length > 0) return yield* Effect.failCause(failures.reduce((all, cause) => Cause.combine(all, cause)))
})

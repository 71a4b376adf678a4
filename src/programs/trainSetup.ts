/**
 * What a training run needs before its first step: the input opened, the model traced and compiled, the state set, and
 * the parties made.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import {
  type CheckpointError,
  type ConfigError,
  type ExecuteError,
  InputError,
  type NanLossError,
  type NumericsError,
  type SinkError
} from "../domain/Errors.ts"
import type { Input } from "../domain/Input.ts"
import { type State, stateLeaves, type StepOutput } from "../domain/Program.ts"
import type { RunConfig } from "../domain/RunConfig.ts"
import type { Device } from "../services/Device.ts"
import type { Hook, RunContext } from "../services/Hooks.ts"
import { deploy } from "./deploy.ts"
import * as drains from "./drain.ts"
import type { Estimator } from "./Estimator.ts"
import type { Events } from "./events.ts"
import { checkpoint } from "./hooks/checkpoint.ts"
import { logProgress } from "./hooks/logProgress.ts"
import { nanGuard } from "./hooks/nanGuard.ts"
import * as savePoints from "./hooks/savePoints.ts"
import { hostCaller, summaryCaller } from "./hostCall.ts"
import * as pumps from "./pump.ts"
import type { Restored } from "./restore.ts"
import * as savers from "./saver.ts"
import * as session from "./session.ts"
import type { Loop } from "./trainLoop.ts"
import { warmStart } from "./warmStart.ts"

type BuiltInError = ConfigError | NanLossError | NumericsError | CheckpointError | ExecuteError | SinkError

/** Where a run begins and how it is to go. @category models @since 0.1.0 */
export interface Start<HE, HR> {
  readonly config: RunConfig
  readonly restored: Restored | undefined
  readonly startStep: number
  readonly lastStep: number | undefined
  readonly log: Events
  /** The first events, once it is known that the input and the device fit; of a run that is refused before there are none. */
  readonly announce: Effect.Effect<void, SinkError, Device>
  /** The application's, then the program's. */
  readonly hooks: ReadonlyArray<Hook<HE, HR>>
  readonly protect: (() => ReadonlyArray<number>) | undefined
}

/** Reads the first batch, for which the model is traced and compiled, and gives the state its values. */
const open = Effect.fnUntraced(function* <P, ME, MR, E, R, HE, HR>(estimator: Estimator<P, ME, MR>, input: Input<E, R>, start: Start<HE, HR>) {
  const { config, log, restored, startStep } = start
  const from = restored?.checkpoint.texts.get(savers.inputPositionText)
  const { layout, source } = yield* deploy(estimator, "train", input, config)
  const { feed, first } = yield* session.openInput(source, from, config.prefetch)
  if (first === undefined) {
    const detail =
      from === undefined ? "the input has no batches" : "the input has no batches after the saved position; repeat it, or train with another"
    return yield* new InputError({ reason: "Empty", leaf: "", detail })
  }
  const form = yield* session.formOf("train", first, estimator.trainBatchSize, layout)
  yield* start.announce
  const run = yield* session.compile(estimator, "train", form, config, log)
  // under `loop` the cache of a checkpoint is of no use: each device run begins with a fresh one
  const looped = config.cachePolicy === "loop"
  yield* session.setState(run, config, restored, ["variable", "slot", ...(looped ? [] : ["cache" as const]), "random"])
  const warm = restored === undefined ? yield* warmStart(run, estimator.warmStart) : undefined
  if (warm !== undefined) yield* log.emit({ event: "restore", step: startStep, file: warm })
  const firstCache: State = looped ? yield* session.readCache(run) : new Map()
  return { run, feed, first, from, firstCache }
})

/** What becomes of each step's outputs: the host call, then what the model function wants seen. */
const outputHandler = <E, R>(run: session.Session<E, R>, pump: pumps.Pump<unknown>, startStep: number, saveSummarySteps: number) => {
  const { spec, traced } = run
  const call = hostCaller(traced, spec)
  const summaries = summaryCaller(traced, spec, saveSummarySteps)
  return (output: StepOutput, count: number) => {
    const rows = pump.nextValid()
    const called = call(output, rows, startStep + count)
    return summaries === undefined ? called : Effect.andThen(called, summaries(output, rows, startStep + count))
  }
}

/** @category constructors @since 0.1.0 */
export const setUp = Effect.fnUntraced(function* <P, ME, MR, E, R, HE, HR>(
  estimator: Estimator<P, ME, MR>,
  input: Input<E, R>,
  start: Start<HE, HR>
) {
  const { config, hooks, lastStep, log, restored, startStep } = start
  const { feed, first, firstCache, from, run } = yield* open(estimator, input, start)
  const { executable, spec } = run
  const limit = lastStep === undefined ? Infinity : lastStep - startStep
  const sleepSecs = config.tpu.initialInfeedSleepSecs
  const pump = pumps.make<E | InputError>({ feed, first, spec, executable, limit, pad: false, sleepSecs })
  const contextAt = (step: number): RunContext => ({
    ...session.contextBefore("train", config, step, lastStep, log),
    readState: executable.readState,
    batchSize: spec.batchSize
  })
  const around = savePoints.make(hooks, contextAt)
  const saver = yield* savers.make({
    directory: config.modelDir,
    keep: config.keepCheckpointMax,
    retain: { everyHours: config.keepCheckpointEveryNHours, steps: start.protect },
    executable,
    events: log,
    saved: restored?.checkpoint.step,
    leaves: stateLeaves(run.traced.program.step),
    positionAt: (step) => (step === startStep ? from : pump.positionAfter(step - startStep)),
    around
  })
  const builtIn: ReadonlyArray<Hook<HE | BuiltInError, HR>> = [
    // one of the user's takes the place of the built-in
    ...(hooks.some(({ name }) => name === nanGuard.name) ? [] : [nanGuard]),
    checkpoint(saver, config),
    ...(config.logStepCountSteps > 0 ? [logProgress(log, spec, config.logStepCountSteps)] : [])
  ]
  const outfeed = yield* drains.make(executable, outputHandler(run, pump, startStep, config.saveSummarySteps))
  yield* savePoints.restore(hooks, restored?.checkpoint.texts)
  const loop: Loop<E | InputError, HE | BuiltInError, HR> = {
    config,
    run,
    pump,
    outfeed,
    hooks: [...hooks, ...builtIn],
    startStep,
    lastStep,
    firstCache,
    saver,
    around,
    contextAt
  }
  const parties = [
    { name: "infeed", effect: pump.effect },
    { name: "outfeed", effect: outfeed.effect }
  ]
  return { loop, parties }
})

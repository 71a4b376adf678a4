/**
 * The session of a training run: hooks, device runs, checkpoints, and what is saved when it ends.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { globalStepName, type State } from "../domain/Program.ts"
import * as iterationControl from "../domain/iterationControl.ts"
import type { RunConfig } from "../domain/RunConfig.ts"
import * as TpuConfig from "../domain/TpuConfig.ts"
import type { Hook, RunContext, RunValues } from "../services/Hooks.ts"
import type { Draining } from "./drain.ts"
import { afterRuns, callAll, endAll } from "./hooks/callAll.ts"
import type { SavePoints } from "./hooks/savePoints.ts"
import type { Pump } from "./pump.ts"
import type { Saver } from "./saver.ts"
import type { Session } from "./session.ts"

/** @category models @since 0.1.0 */
export interface Loop<E, HE, HR> {
  readonly config: RunConfig
  readonly run: Session<unknown, unknown>
  readonly pump: Pump<E>
  readonly outfeed: Draining<unknown, unknown>
  readonly hooks: ReadonlyArray<Hook<HE, HR>>
  readonly startStep: number
  readonly lastStep: number | undefined
  /** Non-empty under `cachePolicy: "loop"`: what each device run begins with. */
  readonly firstCache: State
  readonly saver: Saver<HE, HR>
  readonly around: SavePoints<HE, HR>
  readonly contextAt: (step: number) => RunContext
}

/** @category models @since 0.1.0 */
export interface LoopResult {
  readonly globalStep: number
  readonly steps: number
  readonly loss: number
}

/** What the steps leave behind for the end of the session. */
interface Progress {
  loss: number
  /** A hook has asked that this run's state be thrown away. */
  discarded: boolean
  /** A device run has failed: the state is not that of a whole number of steps. */
  broken: boolean
}

/** Runs until the end of the run, of the input, or a hook's stop. */
const runSteps = Effect.fnUntraced(function* <E, HE, HR>(loop: Loop<E, HE, HR>, progress: Progress) {
  const { config, hooks, lastStep, pump, saver, startStep } = loop
  const { executable } = loop.run
  const context = () => loop.contextAt(startStep + pump.consumed())
  const target = TpuConfig.loopSeconds(config.tpu.iterationsPerLoop)
  let control = target === undefined ? undefined : iterationControl.start(target * 1000)
  yield* callAll(hooks, "afterCreate", context())
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
    yield* callAll(hooks, "beforeRun", context())
    const began = control === undefined ? 0 : yield* Clock.currentTimeMillis
    const { completed, losses } = yield* Effect.tapError(executable.run(count), () => Effect.sync(() => void (progress.broken = true)))
    if (control !== undefined) control = iterationControl.update(control, { steps: completed, millis: (yield* Clock.currentTimeMillis) - began })
    pump.consume(completed)
    if (completed === 0) continue
    const loss = config.trackMean ? mean(losses) : losses[completed - 1]!
    progress.loss = loss
    const values: RunValues = { iterations: completed, loss, losses }
    const signals = yield* afterRuns(hooks, context(), values)
    progress.discarded = signals.has("discard")
    if (signals.has("save") && !progress.discarded) yield* saver.save
    going = !progress.discarded && !signals.has("stop") && !loop.around.takeStop()
  }
})

/** Gives up what is on the device to checkpoint and outfeed, whatever the end was, and calls every hook's `end`. @category programs @since 0.1.0 */
export const runLoop = Effect.fnUntraced(function* <E, HE, HR>(loop: Loop<E, HE, HR>) {
  const { pump, saver, startStep } = loop
  const progress: Progress = { loss: NaN, discarded: false, broken: false }
  // an interrupted run has ended at a step boundary that only the device knows
  const catchUp = Effect.map(loop.run.executable.readState, (state) =>
    pump.consume(state.get(globalStepName)!.data[0]! - startStep - pump.consumed())
  )
  yield* runSteps(loop, progress).pipe(
    Effect.onExit((exit) => {
      if (progress.broken || progress.discarded || isNumeric(exit)) return saver.settle
      const save = Effect.andThen(saver.save, saver.settle)
      return Exit.isSuccess(exit) ? save : Effect.andThen(catchUp, save)
    }),
    Effect.onExit((exit) => settled(loop.outfeed.settle(pump.consumed()), exit)),
    Effect.onExit(() => endAll(loop.hooks, loop.contextAt(startStep + pump.consumed()))),
    Effect.onExit(() => pump.halt)
  )
  const result: LoopResult = { globalStep: startStep + pump.consumed(), steps: pump.consumed(), loss: progress.loss }
  return result
})

/** How long the outputs of a run that has failed or was interrupted may take: a host call may hang. */
const patience = "20 seconds"

/** All outputs of a training that has done its steps, however long that takes; with a deadline where it has failed or is interrupted. */
const settled = (settle: Effect.Effect<void>, exit: Exit.Exit<unknown, unknown>): Effect.Effect<void> => {
  const patiently = withPatience(settle)
  return Exit.isSuccess(exit) ? Effect.onInterrupt(Effect.interruptible(settle), () => patiently) : patiently
}

/** In a fiber of its own: the end of a session cannot be interrupted. */
const withPatience = (settle: Effect.Effect<void>): Effect.Effect<void> =>
  Effect.forkDetach(Effect.timeoutOption(settle, patience)).pipe(
    Effect.flatMap(Fiber.join),
    Effect.flatMap((ended) =>
      ended._tag === "Some"
        ? Effect.void
        : Effect.logWarning(`outfeed: the host call did not come to an end within ${patience}; what the last steps gave it was not handled`)
    )
  )

/** The loss or the state was NaN: that is not to be saved. */
const isNumeric = (exit: Exit.Exit<unknown, unknown>): boolean => {
  const error = Exit.findErrorOption(exit)
  const tag = error._tag === "None" ? undefined : (error.value as { readonly _tag?: string } | null)?._tag // any error of a hook may be here
  return tag === "NanLossError" || tag === "NumericsError"
}

const mean = (losses: Float32Array): number => losses.reduce((sum, loss) => sum + loss, 0) / losses.length

/**
 * The session of an evaluation or a prediction: device runs until the input ends, and the hooks around them.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { Mode } from "../domain/Program.ts"
import type { RunConfig } from "../domain/RunConfig.ts"
import type { Hook, RunContext } from "../services/Hooks.ts"
import type { Draining } from "./drain.ts"
import type { Events } from "./events.ts"
import { afterRuns, callAll, endAll } from "./hooks/callAll.ts"
import type { Pump } from "./pump.ts"
import { contextBefore, type Session } from "./session.ts"

/** Batches of one device run: the session looks up after each, so an input's end or an interruption is seen soon. */
const stepsPerRun = 32

/** @category models @since 0.1.0 */
export interface BatchLoop<E, HE, HR> {
  readonly run: Session<unknown, unknown>
  readonly pump: Pump<E>
  /** Batches at most. */
  readonly limit: number
  readonly outfeed: Draining<unknown, unknown>
  readonly hooks: ReadonlyArray<Hook<HE, HR>>
  readonly contextAt: (batches: number) => RunContext
}

/** What hooks see: `step` counts batches, the global step stays that of the state. @category constructors @since 0.1.0 */
export const contexts = (mode: Mode, config: RunConfig, globalStep: number, limit: number, log: Events) => {
  const before = { ...contextBefore(mode, config, 0, limit === Infinity ? undefined : limit, log), globalStep }
  return {
    before,
    ofRun: (run: Session<unknown, unknown>) => {
      const made = { ...before, readState: run.executable.readState, batchSize: run.spec.batchSize }
      return (batches: number): RunContext => ({ ...made, step: batches })
    }
  }
}

/** Calls every `begin`, then `setUp`; a hook that has begun is also ended where there is nothing to run. @category programs @since 0.1.0 */
export const beginning = <A, E, R, HE, HR>(hooks: ReadonlyArray<Hook<HE, HR>>, before: RunContext, setUp: Effect.Effect<A, E, R>) =>
  Effect.suspend(() => {
    const begun: Array<Hook<HE, HR>> = []
    const begin = (hook: Hook<HE, HR>) =>
      Effect.tap(hook.begin ?? Effect.void, () =>
        Effect.sync(() => {
          begun.push(hook)
        })
      )
    return Effect.forEach(hooks, begin, { discard: true }).pipe(
      Effect.andThen(setUp),
      Effect.onExit((exit) => (Exit.isFailure(exit) ? endAll(begun, before) : Effect.void))
    )
  })

/**
 * Runs what the pump has until its end, or a hook's stop; the input's failure is met in its place. What has been run is
 * handed on before this ends, but for an interruption: nobody waits for it then.
 *
 * @category programs
 * @since 0.1.0
 */
export const runBatches = <E, HE, HR>(loop: BatchLoop<E, HE, HR>) =>
  runSteps(loop).pipe(
    // whoever takes the outputs may be gone by then, and an interruption must still end this
    Effect.onExit((exit) => (Exit.hasInterrupts(exit) ? Effect.void : Effect.interruptible(loop.outfeed.settle(loop.pump.consumed())))),
    Effect.onExit(() => endAll(loop.hooks, loop.contextAt(loop.pump.consumed()))),
    Effect.onExit(() => loop.pump.halt)
  )

const runSteps = Effect.fnUntraced(function* <E, HE, HR>({ contextAt, hooks, limit, pump, run }: BatchLoop<E, HE, HR>) {
  const context = () => contextAt(pump.consumed())
  yield* callAll(hooks, "afterCreate", context())
  while (true) {
    const count = Math.min(stepsPerRun, limit - pump.consumed(), pump.available())
    if (count <= 0) {
      const failure = pump.consumed() >= limit ? undefined : pump.failure()
      if (failure !== undefined) return yield* Effect.failCause(failure)
      return
    }
    if (hooks.length > 0) yield* callAll(hooks, "beforeRun", context())
    const { completed, losses } = yield* run.executable.run(count)
    pump.consume(completed)
    if (completed === 0 || hooks.length === 0) continue
    const signals = yield* afterRuns(hooks, context(), { iterations: completed, loss: losses[completed - 1]!, losses })
    if (signals.has("stop") || signals.has("discard")) return
  }
})

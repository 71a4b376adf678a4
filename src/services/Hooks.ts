/**
 * Hooks: a program calls them at fixed points of a run, in order.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { ExecuteError } from "../domain/Errors.ts"
import type { Mode, State } from "../domain/Program.ts"

/** @category models @since 0.1.0 */
export interface RunContext {
  readonly mode: Mode
  /** Global step before (in `beforeRun`) or after (elsewhere) the run. */
  readonly step: number
  /** Where the program will end, when it is known. */
  readonly lastStep: number | undefined
  /** A copy of the state; costs a read of the device. */
  readonly readState: Effect.Effect<State, ExecuteError>
}

/** @category models @since 0.1.0 */
export interface RunValues {
  /** Steps of this run. */
  readonly iterations: number
  /** As reported: the last step's loss, or the mean over the run with `trackMean`. */
  readonly loss: number
  /** Each step's loss. */
  readonly losses: Float32Array
}

/** `"stop"` ends the program after this run. @category models @since 0.1.0 */
export type HookSignal = "continue" | "stop"

/**
 * All points are optional. Order: every hook's `begin`; state initialised or restored; every `afterCreate`; then per
 * run every `beforeRun`, the run, every `afterRun`; at the end every `end` (also after a failure or an interruption,
 * where the original skips it).
 *
 * @category models
 * @since 0.1.0
 */
export interface Hook<E = never, R = never> {
  readonly name: string
  readonly begin?: Effect.Effect<void, E, R>
  readonly afterCreate?: (context: RunContext) => Effect.Effect<void, E, R>
  readonly beforeRun?: (context: RunContext) => Effect.Effect<void, E, R>
  readonly afterRun?: (context: RunContext, values: RunValues) => Effect.Effect<HookSignal, E, R>
  readonly end?: (context: RunContext) => Effect.Effect<void, E, R>
}

/** Hooks of every program of an application; none by default. Those given to a program come after them. @category services @since 0.1.0 */
export const Hooks = Context.Reference<ReadonlyArray<Hook>>("effect-estimator/services/Hooks", { defaultValue: () => [] })

/** Adds a hook after those provided so far. @category layers @since 0.1.0 */
export const layerAppend = (hook: Hook): Layer.Layer<never> =>
  Layer.effect(
    Hooks,
    Effect.map(Hooks, (hooks) => [...hooks, hook])
  )

/**
 * Hooks: a program calls them at fixed points of a run, in order.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { ExecuteError, SinkError } from "../domain/Errors.ts"
import type { RunEvent } from "../domain/Events.ts"
import type { Mode, State } from "../domain/Program.ts"

/** @category models @since 0.1.0 */
export interface RunContext {
  readonly mode: Mode
  /** Training: global step before (in `beforeRun`) or after (elsewhere) the run. Evaluation and prediction: batches so far. */
  readonly step: number
  /** Training: as `step`. Evaluation and prediction: that of the state, the same throughout. */
  readonly globalStep: number
  /** Where the program will end, when it is known. */
  readonly lastStep: number | undefined
  /** A copy of the state; costs a read of the device. */
  readonly readState: Effect.Effect<State, ExecuteError>
  /** Examples of one step, over all replicas. */
  readonly batchSize: number
  readonly modelDir: string | undefined
  /** Hands an event to the sinks of the run, off the step path. */
  readonly emit: (event: RunEvent) => Effect.Effect<void, SinkError>
}

/** @category models @since 0.1.0 */
export interface RunValues {
  /** Steps, or batches, of this run. */
  readonly iterations: number
  /** As reported: the last step's loss, or in training the mean over the run with `trackMean`. NaN in prediction. */
  readonly loss: number
  /** Each step's loss; NaN in prediction. */
  readonly losses: Float32Array
}

/**
 * What a hook wants after a run: `"continue"`; `"save"`, a checkpoint of this step whatever the interval; `"stop"`, the end
 * of the program after this run; `"discard"`, its end at once without saving the state on the device: hooks after it do
 * not see this run, as if it had failed. Evaluation and prediction save nothing: there `"save"` is `"continue"`.
 *
 * @category models
 * @since 0.1.0
 */
export type HookSignal = "continue" | "save" | "stop" | "discard"

/**
 * All points are optional. Order: every hook's `begin`; state initialised or restored; every `afterCreate`; then per
 * run every `beforeRun`, the run, every `afterRun`; at the end every `end` (also after a failure or an interruption,
 * where the original skips it). Around each checkpoint, wherever it falls among these: every `beforeSave`, the hooks'
 * texts, the write, every `afterSave`. Evaluation and prediction have no checkpoints, and so none of these points.
 *
 * @category models
 * @since 0.1.0
 */
export interface Hook<E = never, R = never> {
  readonly name: string
  /** It looks at the loss: `predict`, which has none, refuses it with a `ConfigError`. Default false. */
  readonly needsLoss?: boolean
  readonly begin?: Effect.Effect<void, E, R>
  readonly afterCreate?: (context: RunContext) => Effect.Effect<void, E, R>
  readonly beforeRun?: (context: RunContext) => Effect.Effect<void, E, R>
  readonly afterRun?: (context: RunContext, values: RunValues) => Effect.Effect<HookSignal, E, R>
  readonly end?: (context: RunContext) => Effect.Effect<void, E, R>
  /** Before a checkpoint of this step is written (`CheckpointSaverListener.before_save`). Needs a model directory. */
  readonly beforeSave?: (context: RunContext) => Effect.Effect<void, E, R>
  /**
   * Once it has been written (`after_save`): a run with such a hook waits for the file. `"stop"` ends the program after the
   * run at whose end it was saved. Needs a model directory.
   */
  readonly afterSave?: (context: RunContext) => Effect.Effect<"continue" | "stop", E, R>
  /** A small text for each checkpoint, kept under the hook's name; hooks that have one need names of their own. */
  readonly save?: Effect.Effect<string, E, R>
  /** Called between `begin` and `afterCreate` with the text of the checkpoint that the run goes on from, if it has one. */
  readonly restore?: (text: string) => Effect.Effect<void, E, R>
}

/** A hook of any errors and requirements. @category models @since 0.1.0 */
export type AnyHook = Hook<unknown, unknown>

/** Errors of a hook, or of a union of hooks. @category models @since 0.1.0 */
export type HookError<H extends AnyHook> = H extends Hook<infer E, infer _R> ? E : never

/** Requirements of a hook, or of a union of hooks. @category models @since 0.1.0 */
export type HookServices<H extends AnyHook> = H extends Hook<infer _E, infer R> ? R : never

/** Hooks of every training of an application; none by default. Those given to a program come after them. An evaluation may fall within a training, so evaluations and predictions only have the hooks they are given. @category services @since 0.1.0 */
export const Hooks = Context.Reference<ReadonlyArray<Hook>>("effect-estimator/services/Hooks", { defaultValue: () => [] })

/** Adds a hook after those provided so far. @category layers @since 0.1.0 */
export const layerAppend = (hook: Hook): Layer.Layer<never> =>
  Layer.effect(
    Hooks,
    Effect.map(Hooks, (hooks) => [...hooks, hook])
  )

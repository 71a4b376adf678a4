/**
 * Saves and gives way when workers are about to go (`GracefulShutdownHook`).
 *
 * @since 0.1.0
 */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { ComputationShutdown, ConfigError } from "../../domain/Errors.ts"
import { nearest } from "../../domain/suggest.ts"
import type { Hook } from "../../services/Hooks.ts"
import { placeOf, stepAndPlace } from "./place.ts"

/**
 * `shutdownWorker`: shut the lame workers, wait, go on. `shutdownComputation`: shut all, wait, end with `ComputationShutdown`,
 * upon which a supervisor runs the program again. `off`: do nothing.
 *
 * @category models
 * @since 0.1.0
 */
export type GracefulShutdownMode = "shutdownWorker" | "shutdownComputation" | "off"

/** @category models @since 0.1.0 */
export interface GracefulShutdownOptions<E, R> {
  /** Names of the workers that are lame: asked to go, or not well. Without it the hook warns and does nothing. */
  readonly lame: Effect.Effect<ReadonlyArray<string>, E, R> | undefined
  /** Shuts these workers, or all. Default: nothing is to be shut. */
  readonly shutdown?: (workers: ReadonlyArray<string> | "all") => Effect.Effect<void, E, R>
  /** Default: what the environment variable `TF_TPU_GRACEFUL_SHUTDOWN_MODE` says, and `shutdownComputation` without it. */
  readonly mode?: GracefulShutdownMode
  /** Milliseconds to wait for workers that were shut. Default 60,000. */
  readonly waitMillis?: number
  /** Milliseconds that a look at the workers may take. Default 5,000. */
  readonly heartbeatMillis?: number
}

/** @category constants @since 0.1.0 */
export const modeVariable = "TF_TPU_GRACEFUL_SHUTDOWN_MODE"

const modes: ReadonlyMap<string, GracefulShutdownMode> = new Map([
  ["", "off"],
  // Effect's configuration takes an empty variable for one that is not set, unless its provider is told otherwise
  ["off", "off"],
  ["shutdown_worker", "shutdownWorker"],
  ["shutdown_computation", "shutdownComputation"],
  ["reset_computation", "shutdownComputation"],
  ["shutdown_all_workers", "shutdownComputation"]
])

const modeFromEnvironment: Effect.Effect<GracefulShutdownMode, ConfigError> = Effect.gen(function* () {
  const text = yield* Config.String(modeVariable).pipe(
    Config.option,
    Effect.mapError((error) => new ConfigError({ key: modeVariable, detail: error.message }))
  )
  if (Option.isNone(text)) return "shutdownComputation"
  const mode = modes.get(text.value)
  if (mode !== undefined) return mode
  const suggestion = nearest(text.value, modes.keys())
  const detail = `expected shutdown_worker, reset_computation, or off, got ${JSON.stringify(text.value)}.`
  return yield* new ConfigError({ key: modeVariable, detail, ...(suggestion === undefined ? {} : { suggestion }) })
})

/**
 * Looks at the workers after each run. When some are lame a training saves a checkpoint of this step (where there is a model
 * directory), and before the next run they are dealt with as the mode says.
 *
 * @category constructors
 * @since 0.1.0
 */
export const gracefulShutdown = <E = never, R = never>(options: GracefulShutdownOptions<E, R>): Hook<ComputationShutdown | ConfigError | E, R> => {
  const { heartbeatMillis = 5000, shutdown = () => Effect.void, waitMillis = 60_000 } = options
  let mode: GracefulShutdownMode = "off"
  let lame: ReadonlyArray<string> = []
  const look = options.lame === undefined ? Effect.succeedNone : Effect.timeoutOption(options.lame, heartbeatMillis)
  return {
    name: "graceful-shutdown",
    begin: Effect.gen(function* () {
      lame = []
      mode = options.mode ?? (yield* modeFromEnvironment)
    }),
    afterCreate: Effect.fnUntraced(function* () {
      if (mode === "off" || Option.isSome(yield* look)) return
      mode = "off"
      yield* Effect.logWarning("graceful shutdown: the workers give no heartbeat, so their health is not watched")
    }),
    afterRun: Effect.fnUntraced(function* (context) {
      if (mode === "off") return "continue" as const
      const seen = yield* look
      if (Option.isNone(seen)) yield* Effect.logWarning(`graceful shutdown: the workers gave no answer at ${placeOf(context)}`)
      lame = Option.getOrElse(seen, () => [])
      return lame.length > 0 ? ("save" as const) : ("continue" as const)
    }),
    beforeRun: Effect.fnUntraced(function* (context) {
      if (lame.length === 0) return
      const workers = lame
      lame = []
      yield* Effect.logWarning(`graceful shutdown: workers ${workers.join(", ")} are lame at ${placeOf(context)}`)
      yield* shutdown(mode === "shutdownWorker" ? workers : "all")
      yield* Effect.sleep(waitMillis)
      if (mode === "shutdownComputation") return yield* new ComputationShutdown({ ...stepAndPlace(context), workers })
    })
  }
}

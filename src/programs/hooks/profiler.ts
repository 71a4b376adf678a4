/**
 * Where the time of a run goes, as timelines for `chrome://tracing` or Perfetto (`ProfilerHook`).
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type * as Layer from "effect/Layer"
import { ConfigError, SinkError } from "../../domain/Errors.ts"
import type { Hook } from "../../services/Hooks.ts"
import * as Cadence from "./Cadence.ts"
import * as Timeline from "./Timeline.ts"

/** @category models @since 0.1.0 */
export interface ProfilerOptions {
  /** Where the timelines go. Default: the model directory. */
  readonly directory?: string
  /** Events kept between two timelines; what comes after them is counted and dropped. Default 100,000. */
  readonly capacity?: number
}

/** A hook, and a tracer for the program it is given to. @category models @since 0.1.0 */
export interface Profiler extends Hook<ConfigError | SinkError, FileSystem.FileSystem> {
  /** Provided to the program, it adds the spans of its fibers (session, infeed, outfeed, checkpoints, and the user's own) to the timelines. */
  readonly layer: Layer.Layer<never>
}

/**
 * Writes `timeline-<step>.json` (`timeline-evaluate-<global step>-<batches>.json`) after the first run and then by steps or seconds, exactly one of the two. Each holds what has
 * happened since the one before: a slice for each device run with a counter of the loss, the time between runs (hooks,
 * checkpoints), and with `layer` the spans of the fibers, one track each. Give it last among the hooks: what hooks after it
 * do before a run counts as that run's.
 *
 * @category constructors
 * @since 0.1.0
 */
export const profiler = (options: Cadence.Cadence & ProfilerOptions): Profiler => {
  const timer = Cadence.make("profiler", options)
  const timeline = Timeline.make(options.capacity ?? 100_000)
  let runBegan = 0n
  let runEnded: bigint | undefined
  const write = Effect.fnUntraced(function* (directory: string, name: string) {
    const files = yield* FileSystem.FileSystem
    const file = `${directory}/timeline-${name}.json`
    const text = JSON.stringify(timeline.take())
    yield* Effect.andThen(files.makeDirectory(directory, { recursive: true }), files.writeFileString(file, text)).pipe(
      Effect.mapError((cause) => new SinkError({ file, detail: `cannot be written (${cause.message})`, cause }))
    )
  })
  return {
    name: "profiler",
    begin: Effect.gen(function* () {
      yield* timer.begin
      runEnded = undefined
      timeline.start(yield* Clock.currentTimeNanos)
    }),
    afterCreate: ({ modelDir }) =>
      (options.directory ?? modelDir) === undefined
        ? Effect.fail(new ConfigError({ key: "profiler.directory", detail: "there is no model directory to write timelines to; give a directory." }))
        : Effect.void,
    beforeRun: Effect.fnUntraced(function* () {
      runBegan = yield* Clock.currentTimeNanos
      if (runEnded !== undefined) timeline.slice(Timeline.deviceTrack, "between runs", "host", runEnded, runBegan)
    }),
    afterRun: Effect.fnUntraced(function* ({ globalStep, mode, modelDir, step }, { iterations, loss }) {
      runEnded = yield* Clock.currentTimeNanos
      timeline.slice(Timeline.deviceTrack, "device run", "device", runBegan, runEnded, { step, iterations, loss })
      if (mode !== "predict") timeline.counter("loss", runEnded, loss)
      const name = mode === "train" ? String(step) : `${mode}-${globalStep}-${step}`
      if (yield* timer.due(step)) yield* write((options.directory ?? modelDir)!, name)
      return "continue" as const
    }),
    layer: timeline.layer
  }
}

/**
 * Where hooks read a metric of the evaluations so far (`read_eval_metrics`).
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import { ConfigError, SinkError } from "../../domain/Errors.ts"
import type { RunEvent } from "../../domain/Events.ts"
import { nearest } from "../../domain/suggest.ts"
import type { Sink } from "../../services/MetricSink.ts"

/** @category models @since 0.1.0 */
export interface Observation {
  /** Global step of the state that was evaluated. */
  readonly step: number
  readonly value: number
}

/** All observations so far, in order of their steps. @category models @since 0.1.0 */
export type MetricSource<E = never, R = never> = Effect.Effect<ReadonlyArray<Observation>, E, R>

type Eval = Extract<RunEvent, { readonly event: "eval" }>

const observed = (evals: Iterable<Eval>, metric: string): Effect.Effect<ReadonlyArray<Observation>, ConfigError> => {
  // a step that was evaluated again counts as it was last
  const byStep = new Map<number, number>()
  for (const { loss, metrics, step } of evals) {
    const known: { readonly [name: string]: number | null } = { ...metrics, loss }
    const value = known[metric]
    if (value === undefined) {
      const names = Object.keys(known)
      const suggestion = nearest(metric, names)
      const detail = `the evaluation at step ${step} has no such metric; it has ${names.join(", ")}.`
      return Effect.fail(new ConfigError({ key: `metric ${metric}`, detail, ...(suggestion === undefined ? {} : { suggestion }) }))
    }
    byStep.set(step, value ?? NaN) // JSON has no NaN: a file says null
  }
  return Effect.succeed([...byStep].sort(([a], [b]) => a - b).map(([step, value]) => ({ step, value })))
}

/** @category models @since 0.1.0 */
export interface Evaluations {
  /** Hears the evaluations: append it to the sinks of the evaluating program (`MetricSink.layerAppend`). */
  readonly sink: Sink
  /** A metric by its name, or `"loss"`; `ConfigError` when an evaluation has no such metric. */
  readonly metric: (name: string) => MetricSource<ConfigError>
}

/** The evaluations of this process. @category constructors @since 0.1.0 */
export const evaluations = (): Evaluations => {
  const evals: Array<Eval> = []
  const keep = (event: RunEvent) =>
    Effect.sync(() => {
      if (event.event === "eval") evals.push(event)
    })
  return { sink: { name: "evaluations", open: () => Effect.succeed(keep) }, metric: (name) => Effect.suspend(() => observed(evals, name)) }
}

const parsed = (line: string): ReadonlyArray<Eval> => {
  try {
    const event = JSON.parse(line) as RunEvent // written by the JSONL sink
    return event.event === "eval" ? [event] : []
  } catch {
    return [] // half a line: it is being written, or its writer was killed
  }
}

/**
 * The evaluations that any process wrote to an `events.jsonl`; none while the file is not there. `SinkError` when it cannot be
 * read, `ConfigError` when an evaluation has no such metric.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromEventsFile = (file: string, metric: string): MetricSource<ConfigError | SinkError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const files = yield* FileSystem.FileSystem
    const text = yield* files.exists(file).pipe(
      Effect.flatMap((there) => (there ? files.readFileString(file) : Effect.succeed(""))),
      Effect.mapError((cause) => new SinkError({ file, detail: `cannot be read (${cause.message})`, cause }))
    )
    return yield* observed(text.split("\n").flatMap(parsed), metric)
  })

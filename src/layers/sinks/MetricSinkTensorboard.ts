/**
 * Run events as TensorBoard's event files: in the model directory those of training, in `eval` or `eval_<name>` below it those
 * of evaluations, as TensorFlow's estimator has them. `tensorboard --logdir <model directory>` shows losses, rates, metrics,
 * summaries, the compiled step, and the parameters of the run.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as NodeFs from "node:fs/promises"
import * as NodeOs from "node:os"
import * as NodePath from "node:path"
import { SinkError } from "../../domain/Errors.ts"
import type { Params, RunEvent } from "../../domain/Events.ts"
import { scalar, type Summary } from "../../domain/Summary.ts"
import { layerAppend, type Sink } from "../../services/MetricSink.ts"
import { graphDef } from "./tensorboard/graphDef.ts"
import * as messages from "./tensorboard/messages.ts"
import { fileName, record } from "./tensorboard/records.ts"

/** @category models @since 0.1.0 */
export interface Options {
  /** Where the files go; default: the model directory. Without either there are none. */
  readonly directory?: string
  /** What the HParams page shows of the run, in place of the estimator's own `params`; `{}`: nothing. */
  readonly hparams?: Params
}

type Begin = Extract<RunEvent, { readonly event: "begin" }>

/** Files made by this process: two of one second must differ in name, and sort by age. */
let made = 0

const attempt = <A>(file: string, doing: string, run: () => Promise<A>): Effect.Effect<A, SinkError> =>
  Effect.tryPromise({
    try: run,
    catch: (cause) => new SinkError({ file, detail: `cannot ${doing} (${cause instanceof Error ? cause.message : String(cause)})`, cause })
  })

/** A new file in `directory`, and what appends messages to it. */
const openFile = Effect.fnUntraced(function* (directory: string, seconds: number) {
  const file = NodePath.join(directory, fileName(seconds, NodeOs.hostname(), process.pid, made++))
  const handle = yield* Effect.acquireRelease(
    attempt(file, "create it", async () => {
      await NodeFs.mkdir(directory, { recursive: true })
      return await NodeFs.open(file, "ax")
    }),
    // everything is with the system already; this is for a power cut, and a disk that cannot do it is no reason to fail
    (opened) =>
      Effect.ensuring(Effect.ignore(attempt(file, "flush", () => opened.datasync())), Effect.ignore(attempt(file, "close", () => opened.close())))
  )
  // not to be cut off: readers wait for the rest of a record for good
  return (all: ReadonlyArray<Uint8Array>) =>
    Effect.uninterruptible(attempt(file, "append to it", () => handle.appendFile(Buffer.concat(all.map(record)))))
})

const named = (values: { readonly [name: string]: number }): ReadonlyArray<Summary> =>
  Object.entries(values).map(([name, value]) => scalar(name, value))

/** Rates are there once two events have come. */
const rates = (values: { readonly [name: string]: number }): ReadonlyArray<Summary> =>
  named(values).filter((summary) => summary._tag === "Scalar" && summary.value > 0)

type Seen = Extract<RunEvent, { readonly event: "train" | "eval" | "summary" }>

const summariesOf = (event: Seen): ReadonlyArray<Summary> => {
  if (event.event === "summary") return [...named(event.scalars), ...(event.summaries ?? [])]
  if (event.event === "eval") return named({ loss: event.loss, ppl: event.ppl, bpc: event.bpc, ...event.metrics })
  const { bpc, examplesPerSec, loss, ppl, stepsPerSec, tokensPerSec } = event
  const speed = { "global_step/sec": stepsPerSec, "examples/sec": examplesPerSec, "tokens/sec": tokensPerSec }
  return [...named({ loss, ppl, bpc }), ...rates(speed)]
}

/** Step, and batches where they are told. */
const placeOf = (event: Seen): string =>
  event.event === "summary" && event.batches !== undefined ? `${event.step}/${event.batches}` : `${event.step}`

/**
 * The messages of one program's events. A summary of a name and step that has been written is left out: the loss comes from
 * the progress log and from a `summarySaver` alike. Hooks in an evaluation tell of many batches at its one step.
 */
const translator = (group: string, hparams: Params | undefined) => {
  const seen = new Map<string, string>()
  let training = false
  let settings: Params = {}
  const start = (event: Begin, seconds: number): ReadonlyArray<Uint8Array> => {
    training = event.mode === "train"
    if (!training) return []
    settings = hparams ?? event.params ?? {}
    // what was seen of the step that a run goes on from is good
    const first = messages.sessionStart(seconds, event.step === 0 ? 0 : event.step + 1)
    return Object.keys(settings).length === 0 ? [first] : [first, messages.hparamsStart(seconds, group, settings)]
  }
  return (event: RunEvent, seconds: number): ReadonlyArray<Uint8Array> => {
    switch (event.event) {
      case "begin":
        return start(event, seconds)
      case "graph":
        return event.mode === "predict" ? [] : [messages.graph(seconds, graphDef(event.graph))]
      case "checkpoint":
        return training ? [messages.sessionCheckpoint(seconds, event.step, event.file)] : []
      case "end":
        return Object.keys(settings).length === 0 ? [] : [messages.hparamsEnd(seconds, event.reason !== "failed")]
      case "train":
      case "eval":
      case "summary": {
        const place = placeOf(event)
        const fresh = summariesOf(event).filter(({ name }) => seen.get(name) !== place)
        for (const { name } of fresh) seen.set(name, place)
        const message = messages.summaries(seconds, event.step, fresh)
        return message === undefined ? [] : [message]
      }
      case "compile":
      case "restore":
        return []
    }
  }
}

const directoryOf = (root: string, { mode, name }: Pick<Begin, "mode" | "name">): string =>
  mode === "train" ? root : NodePath.join(root, mode === "evaluate" ? (name === undefined ? "eval" : `eval_${name}`) : mode)

const openRun = Effect.fnUntraced(function* (root: string, hparams: Params | undefined) {
  const scope = yield* Effect.scope
  const translate = translator(root, hparams)
  let directory: string | undefined
  let append: ((all: ReadonlyArray<Uint8Array>) => Effect.Effect<void, SinkError>) | undefined
  return Effect.fnUntraced(function* (event: RunEvent): Effect.fn.Return<void, SinkError> {
    if (event.event === "begin") directory = directoryOf(root, event)
    // a predictor, whose calls do not announce themselves
    if (event.event === "compile") directory ??= directoryOf(root, event)
    const seconds = (yield* Clock.currentTimeMillis) / 1000
    const all = translate(event, seconds)
    if (all.length === 0) return
    const first = append === undefined ? [messages.fileVersion(seconds)] : []
    append ??= yield* Scope.provide(openFile(directory ?? root, seconds), scope)
    yield* append([...first, ...all])
  })
})

/**
 * Each program has a file of its own, made with its first event that can be seen; every event is written at once. Fails with
 * `SinkError` when the file cannot be written.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options = {}): Sink => ({
  name: "tensorboard",
  open: (modelDir) => {
    const root = options.directory ?? modelDir
    return root === undefined ? Effect.succeed(() => Effect.void) : openRun(root, options.hparams)
  }
})

/** @category layers @since 0.1.0 */
export const layer: Layer.Layer<never> = layerAppend(make())

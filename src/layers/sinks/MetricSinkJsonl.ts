/**
 * Run events as JSON, one object a line: `events.jsonl` in the model directory, or standard output.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as NodeFs from "node:fs/promises"
import * as NodePath from "node:path"
import { SinkError } from "../../domain/Errors.ts"
import { isLine, type LineEvent, type RunEvent } from "../../domain/Events.ts"
import { layerAppend, type Sink } from "../../services/MetricSink.ts"

/** @category constants @since 0.1.0 */
export const fileName = "events.jsonl"

/** Pixels are no text. */
const withoutPixels = (_: string, value: unknown): unknown => (value instanceof Uint8Array ? undefined : value)

/**
 * One line without its newline. The fields come in the order of `RunEvent`; numbers that JSON does not have
 * (NaN, infinities) are `null`, images have no pixels.
 *
 * @category rules
 * @since 0.1.0
 */
export const toLine = (event: LineEvent): string => {
  if (event.event === "summary") return JSON.stringify(event, withoutPixels)
  if (event.event !== "train") return JSON.stringify(event)
  const { bpc, examplesPerSec, loss, ppl, step, stepsPerSec, tokensPerSec } = event
  return JSON.stringify({ event: event.event, step, loss, ppl, bpc, stepsPerSec, examplesPerSec, tokensPerSec })
}

/** A process that was killed may have left half a line; what follows must begin on one of its own. */
const endsInsideLine = async (handle: NodeFs.FileHandle): Promise<boolean> => {
  const { size } = await handle.stat()
  if (size === 0) return false
  const last = new Uint8Array(1)
  await handle.read(last, 0, 1, size - 1)
  return last[0] !== 10
}

const attempt = <A>(file: string, doing: string, run: () => Promise<A>): Effect.Effect<A, SinkError> =>
  Effect.tryPromise({
    try: run,
    catch: (cause) => new SinkError({ file, detail: `cannot ${doing} (${cause instanceof Error ? cause.message : String(cause)})`, cause })
  })

const openFile = Effect.fnUntraced(function* (file: string) {
  const handle = yield* Effect.acquireRelease(
    attempt(file, "open it for appending", async () => {
      await NodeFs.mkdir(NodePath.dirname(file), { recursive: true })
      return await NodeFs.open(file, "a+")
    }),
    // every line is with the system already; this is for a power cut, and a disk that cannot do it is no reason to fail
    (opened) =>
      Effect.ensuring(Effect.ignore(attempt(file, "flush", () => opened.datasync())), Effect.ignore(attempt(file, "close", () => opened.close())))
  )
  let prefix = (yield* attempt(file, "read its end", () => endsInsideLine(handle))) ? "\n" : ""
  return (event: RunEvent) => {
    if (!isLine(event)) return Effect.void
    // not to be cut off: half a line would be lost
    return Effect.uninterruptible(
      attempt(file, "append to it", async () => {
        const text = `${prefix}${toLine(event)}\n`
        prefix = ""
        await handle.appendFile(text)
      })
    )
  }
})

/**
 * Appends to `events.jsonl` in the model directory, or to the file given; each event is written at once. Without either
 * there is nothing to write to, and events are dropped. Fails with `SinkError` when the file cannot be written.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: { readonly file?: string } = {}): Sink => ({
  name: "jsonl",
  open: (modelDir) => {
    const file = options.file ?? (modelDir === undefined ? undefined : NodePath.join(modelDir, fileName))
    return file === undefined ? Effect.succeed(() => Effect.void) : openFile(file)
  }
})

/** Lines on a text output, by default standard output. @category constructors @since 0.1.0 */
export const makeWriter = (write: (text: string) => void): Sink => ({
  name: "jsonl",
  open: () =>
    Effect.succeed((event) => {
      if (!isLine(event)) return Effect.void
      return Effect.try({
        try: () => write(`${toLine(event)}\n`),
        catch: (cause) => new SinkError({ file: "output", detail: "cannot write", cause })
      })
    })
})

/** Lines on standard output. @category constructors @since 0.1.0 */
export const stdout: Sink = makeWriter((text) => void process.stdout.write(text))

/** @category layers @since 0.1.0 */
export const layer: Layer.Layer<never> = layerAppend(make())

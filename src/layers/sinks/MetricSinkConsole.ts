/**
 * Run events for people: plain lines in a pipe, one live progress line with a bar on a terminal.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import { SinkError } from "../../domain/Errors.ts"
import { isLine, type LineEvent, type RunEvent } from "../../domain/Events.ts"
import { layerAppend, type Sink } from "../../services/MetricSink.ts"
import { lineOf, progressLine } from "./consoleText.ts"

/** Where text goes: `process.stdout` is one. @category models @since 0.1.0 */
export interface Output {
  readonly isTTY?: boolean | undefined
  /** Width of the terminal; it may change. Default 80. */
  readonly columns?: number | undefined
  readonly write: (text: string) => unknown
}

/** Back to the first column and clear the line (ECMA-48 EL). */
const clear = "\r\u001b[2K"

/** Keeps the last progress line below everything else. */
const terminal = (output: Output) => {
  let live = ""
  const handle = (event: LineEvent): void => {
    if (event.event === "train") {
      live = progressLine(event, output.columns ?? 80)
      output.write(clear + live)
      return
    }
    // the notes of a run go above the line; the last one has nothing to come after it
    const again = event.event === "end" ? "" : live
    if (event.event === "end" && live !== "") output.write("\n")
    output.write(`${event.event === "end" || live === "" ? "" : clear}${lineOf(event)}\n${again}`)
    live = again
  }
  /** Leaves the line as it is and the cursor below it. */
  const close = (): void => {
    if (live !== "") output.write("\n")
    live = ""
  }
  return { handle, close }
}

const writing = (write: () => void): Effect.Effect<void, SinkError> =>
  Effect.try({
    try: write,
    catch: (cause) => new SinkError({ file: "console", detail: "cannot write", cause })
  })

/** All that is a line, but for the end of an evaluation whose result has just been said. */
const isShown = (event: RunEvent): event is LineEvent =>
  isLine(event) && !(event.event === "end" && event.mode === "evaluate" && event.reason === "done")

/** Writes to `output`, by default standard output; programs within a program share its live line. @category constructors @since 0.1.0 */
export const make = (output: Output = process.stdout): Sink => {
  const screen = terminal(output)
  let programs = 0
  const leave = Effect.suspend(() => (--programs === 0 ? Effect.ignore(writing(screen.close)) : Effect.void))
  return {
    name: "console",
    open: () => {
      if (output.isTTY !== true) {
        return Effect.succeed((event) => (isShown(event) ? writing(() => void output.write(`${lineOf(event)}\n`)) : Effect.void))
      }
      const handle = (event: RunEvent) => (isShown(event) ? writing(() => screen.handle(event)) : Effect.void)
      return Effect.as(
        Effect.acquireRelease(
          Effect.sync(() => void programs++),
          () => leave
        ),
        handle
      )
    }
  }
}

/** @category layers @since 0.1.0 */
export const layer: Layer.Layer<never> = layerAppend(make())

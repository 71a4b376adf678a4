/**
 * Standard output that breaks: its reader has gone (`| head -1`), or its disk is full.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as PlatformError from "effect/PlatformError"
import * as Schema from "effect/Schema"

/** Standard output cannot be written; `code` is the system's, such as `EPIPE` or `ENOSPC`. @category errors @since 0.1.0 */
export class OutputError extends Schema.TaggedError<OutputError>()("OutputError", {
  code: Schema.String,
  detail: Schema.String,
  cause: Schema.optionalKey(Schema.Defect())
}) {
  override get message() {
    return `standard output cannot be written: ${this.detail}`
  }
}

const fromCause = (cause: unknown): OutputError => {
  // Node's errors of system calls carry a code
  const { code = "UNKNOWN", message }: NodeJS.ErrnoException = cause instanceof Error ? cause : new Error(String(cause))
  return new OutputError({ code, detail: message, cause })
}

/** The failure of standard output that `error` is or stands for. @category rules @since 0.1.0 */
export const outputError = (error: unknown): OutputError | undefined => {
  if (error instanceof OutputError) return error
  if (!(error instanceof PlatformError.PlatformError) || error.reason.module !== "Stdio") return undefined
  return fromCause(error.reason.cause ?? error)
}

/**
 * Runs `effect` while standard output works. When that breaks, `effect` is interrupted, so that a training run saves, and the
 * whole fails with `OutputError`. Later writes are dropped.
 *
 * @category running
 * @since 0.1.0
 */
export const whileOutputWorks = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | OutputError, R> =>
  Effect.raceFirst(
    effect,
    Effect.callback<never, OutputError>((resume) => {
      // for good: without a listener the error of a later write would end the process on the spot
      process.stdout.on("error", (cause) => resume(Effect.fail(fromCause(cause))))
    })
  )

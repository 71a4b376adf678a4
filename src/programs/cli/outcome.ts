/**
 * How the command line ends: exit codes, and errors as one clear sentence.
 *
 * 0 done · 1 the run failed · 2 wrong usage or configuration · 75 interrupted with its state saved: run the same command again to
 * go on (sysexits' EX_TEMPFAIL) · 130 interrupted with nothing to go on from. Output that nobody reads any more (`| head -1`)
 * interrupts training and evaluation, and ends every other command as if all was done.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { CliError } from "effect/cli"
import type { Sink } from "../../services/MetricSink.ts"
import { outputError } from "./output.ts"

/** What became of the run as far as its events tell. */
const seen: { saved: number | undefined; interruptedAt: number | undefined; unfinished: boolean } = {
  saved: undefined,
  interruptedAt: undefined,
  unfinished: false
}

/** Watches checkpoints, to know at the end whether an interrupted run can be resumed. @category sinks @since 0.1.0 */
export const watcher: Sink = {
  name: "outcome",
  open: () =>
    Effect.succeed((event) =>
      Effect.sync(() => {
        if (event.event === "begin") seen.unfinished = true
        if (event.event === "eval" || (event.event === "end" && event.reason === "done")) seen.unfinished = false
        // a restored checkpoint is one to go on from, too; what a run at step 0 reads is another model's: a warm start
        if (event.event === "checkpoint" || (event.event === "restore" && event.step > 0)) seen.saved = event.step
        if (event.event === "end" && event.reason === "interrupted") seen.interruptedAt = event.step
      })
    )
}

/** @category rules @since 0.1.0 */
export const exitCodeOf = (exit: Exit.Exit<unknown, unknown>, saved: boolean, unfinished = false): number => {
  if (Exit.isSuccess(exit)) return 0
  if (Cause.hasInterruptsOnly(exit.cause)) return saved ? 75 : 130
  const error = Cause.squash(exit.cause)
  if (outputError(error)?.code === "EPIPE") return saved ? 75 : unfinished ? 130 : 0
  if (CliError.isCliError(error)) return error._tag === "ShowHelp" && error.errors.length === 0 ? 0 : 2
  return isConfigError(error) ? 2 : 1
}

const isConfigError = (error: unknown) => typeof error === "object" && error !== null && "_tag" in error && error._tag === "ConfigError"

/** One sentence for people; `undefined` where the command line has already shown it. @category rules @since 0.1.0 */
export const sentence = (cause: Cause.Cause<unknown>): string | undefined => {
  if (Cause.hasInterruptsOnly(cause)) return undefined
  const error = Cause.squash(cause)
  if (CliError.isCliError(error)) return undefined
  const output = outputError(error)
  if (output !== undefined) return output.code === "EPIPE" ? undefined : output.message
  return error instanceof Error ? error.message : String(error)
}

/** Prints what went wrong and gives the exit code to `onExit`. @category running @since 0.1.0 */
export const teardown =
  (verbose: boolean) =>
  <E, A>(exit: Exit.Exit<E, A>, onExit: (code: number) => void): void => {
    const saved = seen.saved !== undefined && (seen.interruptedAt === undefined || seen.saved === seen.interruptedAt)
    const code = exitCodeOf(exit, saved, seen.unfinished)
    if (Exit.isFailure(exit)) {
      const text = sentence(exit.cause)
      if (text !== undefined) console.error(`effect-estimator: ${text}`)
      // wrong usage is told in full by its sentence
      if (text !== undefined && (verbose || code !== 2)) console.error(verbose ? Cause.pretty(exit.cause) : "(--verbose shows the whole cause)")
      if (code === 75) console.error(`interrupted; step ${seen.saved} is saved: the same command goes on from there`)
    }
    onExit(code)
  }

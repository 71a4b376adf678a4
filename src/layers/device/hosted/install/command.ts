/**
 * Runs a program of the machine to its end.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"
import { EngineUnavailable } from "../../../../domain/Errors.ts"

/** @category models @since 0.1.0 */
export interface CommandOptions {
  /** For whose sake: named where it fails. */
  readonly engine: string
  readonly cwd?: string | undefined
  /** Added to the environment of this process. */
  readonly env?: { readonly [name: string]: string } | undefined
  /** What to do where it fails. */
  readonly remedy: string
}

/** Lines of what a failed program said that are shown. */
const shown = 6

/**
 * Its standard output. `EngineUnavailable` where it cannot be started or ends with another code than 0, with its last words; an
 * interrupt ends it.
 *
 * @category running
 * @since 0.1.0
 */
export const run = (
  program: string,
  args: ReadonlyArray<string>,
  { cwd, engine, env, remedy }: CommandOptions
): Effect.Effect<string, EngineUnavailable> =>
  Effect.callback((resume) => {
    const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] })
    const failed = (detail: string, cause?: unknown) =>
      resume(Effect.fail(new EngineUnavailable({ engine, detail, remedy, ...(cause === undefined ? {} : { cause }) })))
    let out = ""
    let all = ""
    child.stdout.on("data", (chunk: Buffer) => {
      out += chunk.toString()
      all += chunk.toString()
    })
    child.stderr.on("data", (chunk: Buffer) => (all += chunk.toString()))
    child.on("error", (cause) => failed(`${program} could not be started: ${cause.message}`, cause))
    child.on("close", (code, signal) => {
      if (code === 0) return resume(Effect.succeed(out))
      const last = all.trim().split("\n").slice(-shown).join("\n")
      return failed(`\`${program} ${args[0] ?? ""}\` ended with ${code === null ? `signal ${signal}` : `code ${code}`}: ${last}`)
    })
    return Effect.sync(() => {
      child.removeAllListeners()
      child.kill()
    })
  })

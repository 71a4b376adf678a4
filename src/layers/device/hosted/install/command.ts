/**
 * Runs a program of the machine to its end.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { type ChildProcess, spawn } from "node:child_process"
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
  /** What to do where it cannot be started at all; default: `remedy`. */
  readonly absent?: string | undefined
}

/** Lines of what a failed program said that are shown. */
const shown = 6

/** From its first error on, or the last. */
const wordsOf = (text: string): string => {
  const lines = text.trim().split("\n")
  const first = lines.findIndex((line) => /(^|[\s:])error:/i.test(line))
  return (first < 0 ? lines.slice(-shown) : lines.slice(first, first + shown)).join("\n")
}

/** Time that a program has to end when it is asked to; then it is ended. @category constants @since 0.1.0 */
export const grace = "3 seconds"

/** It and the programs that it has started, which are its group. */
const signal = (child: ChildProcess, name: "SIGTERM" | "SIGKILL"): void => {
  try {
    if (process.platform === "win32") child.kill(name)
    else process.kill(-child.pid!, name) // it has been started
  } catch {
    // it has ended meanwhile
  }
}

/** Asks it to end, and waits until nothing of it is left that could still write. */
const end = (child: ChildProcess): Effect.Effect<void> => {
  if (child.pid === undefined) return Effect.void
  const closed = Effect.callback<void>((resume) => void child.once("close", () => resume(Effect.void)))
  const kill = Effect.andThen(
    Effect.sleep(grace),
    Effect.sync(() => signal(child, "SIGKILL"))
  )
  return Effect.gen(function* () {
    const killer = yield* Effect.forkDetach(kill)
    signal(child, "SIGTERM")
    yield* closed
    yield* Fiber.interrupt(killer)
  })
}

/**
 * Its standard output. `EngineUnavailable` where it cannot be started or ends with another code than 0, with its words; an
 * interrupt ends it with all that it has started, and waits for that.
 *
 * @category running
 * @since 0.1.0
 */
export const run = (
  program: string,
  args: ReadonlyArray<string>,
  { absent, cwd, engine, env, remedy }: CommandOptions
): Effect.Effect<string, EngineUnavailable> =>
  Effect.callback((resume) => {
    // a group of its own: Ctrl-C does not reach it but by `end`
    const detached = process.platform !== "win32"
    const child = spawn(program, args, { cwd, detached, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] })
    const failed = (error: EngineUnavailable) => resume(Effect.fail(error))
    let out = ""
    let all = ""
    child.stdout.on("data", (chunk: Buffer) => {
      out += chunk.toString()
      all += chunk.toString()
    })
    child.stderr.on("data", (chunk: Buffer) => (all += chunk.toString()))
    child.on("error", (cause) =>
      failed(new EngineUnavailable({ engine, detail: `${program} could not be started: ${cause.message}`, remedy: absent ?? remedy, cause }))
    )
    child.on("close", (code, by) => {
      if (code === 0) return resume(Effect.succeed(out))
      const how = code === null ? `signal ${by}` : `code ${code}`
      return failed(new EngineUnavailable({ engine, detail: `\`${program} ${args[0] ?? ""}\` ended with ${how}: ${wordsOf(all)}`, remedy }))
    })
    return end(child)
  })

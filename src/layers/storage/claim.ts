/**
 * A directory belongs to one run at a time: two would take each other's files for remains and each other's checkpoints for
 * their own.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type { PlatformError } from "effect/PlatformError"
import type * as Scope from "effect/Scope"
import process from "node:process"
import { CheckpointError } from "../../domain/Errors.ts"

/** Holds the number of the process whose run the directory belongs to. @category constants @since 0.1.0 */
export const claimFile = "run.lock"

/** False only where the system says that there is no such process. */
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ESRCH")
  }
}

const inUse = (file: string, pid: number) =>
  new CheckpointError({
    reason: "InUse",
    file,
    detail: `process ${pid} trains into this directory. Wait for it, give this run a directory of its own, or remove the file if no such run is there`
  })

/**
 * Writes the claim, for as long as the scope lives. That of a process which is gone is taken over; that of a living one is
 * `InUse`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const claim = (fs: FileSystem.FileSystem, file: string): Effect.Effect<void, CheckpointError | PlatformError, Scope.Scope> => {
  const take = fs.writeFileString(file, `${process.pid}\n`, { flag: "wx" })
  const takeOver = Effect.gen(function* () {
    const pid = Number.parseInt(yield* fs.readFileString(file), 10)
    // a file without a number was cut short by a crash
    if (Number.isInteger(pid) && isAlive(pid)) return yield* inUse(file, pid)
    yield* fs.remove(file, { force: true })
    yield* take
  })
  const acquire = take.pipe(
    Effect.catchIf(
      (error) => error.reason._tag === "AlreadyExists",
      () => takeOver
    )
  )
  return Effect.asVoid(Effect.acquireRelease(acquire, () => Effect.ignore(fs.remove(file, { force: true }))))
}

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
import { readFileSync } from "node:fs"
import process from "node:process"
import { CheckpointError } from "../../domain/Errors.ts"

/** Holds the number of the process whose run the directory belongs to, and when it began where the system tells. @category constants @since 0.1.0 */
export const claimFile = "run.lock"

/** Files that runs of this process hold, by their real paths. */
const held = new Set<string>()

/** When a process began, in ticks since the machine did (field 22 of Linux's `/proc/…/stat`); `undefined` elsewhere. */
const beganAt = (pid: number): string | undefined => {
  try {
    // the command before it may have spaces and brackets of its own
    return readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\)\s+/s, "")
      .split(" ")[19]
  } catch {
    return undefined
  }
}

/** False only where the system says that there is no such process, or that it is another one than wrote the claim. */
const isAlive = (pid: number, began: string | undefined): boolean => {
  const now = beganAt(pid)
  if (began !== undefined && now !== undefined) return began === now
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
 * Writes the claim, for as long as the scope lives. That of a process which is gone is taken over, also where this one has got its
 * number, as the first process of a container does; that of a living one is `InUse`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const claim = (fs: FileSystem.FileSystem, file: string): Effect.Effect<void, CheckpointError | PlatformError, Scope.Scope> => {
  const write = fs.writeFileString(file, `${[process.pid, beganAt(process.pid)].join(" ").trim()}\n`, { flag: "wx" })
  const take = Effect.andThen(
    write,
    Effect.map(fs.realPath(file), (real) => (held.add(real), real))
  )
  const takeOver = Effect.gen(function* () {
    const [number, began] = (yield* fs.readFileString(file)).trim().split(" ")
    const pid = Number(number || NaN)
    // a file without a number was cut short by a crash
    const isHeld = pid === process.pid ? held.has(yield* fs.realPath(file)) : Number.isInteger(pid) && isAlive(pid, began)
    if (isHeld) return yield* inUse(file, pid)
    yield* fs.remove(file, { force: true })
    return yield* take
  })
  const acquire = take.pipe(
    Effect.catchIf(
      (error) => error.reason._tag === "AlreadyExists",
      () => takeOver
    )
  )
  const release = (real: string) => {
    held.delete(real)
    return Effect.ignore(fs.remove(file, { force: true }))
  }
  return Effect.asVoid(Effect.acquireRelease(acquire, (real) => Effect.suspend(() => release(real))))
}

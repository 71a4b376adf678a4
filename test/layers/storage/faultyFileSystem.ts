import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import { PlatformError, SystemError } from "effect/PlatformError"

/** Which operation fails (counted from 0), with which errno, and whether all later ones do too (a killed process). */
export interface Plan {
  failAt: number
  code: string
  forever: boolean
  /** Instead of failing: runs there. */
  before?: Effect.Effect<void>
  /** Operations asked for so far. */
  count: number
}

export const plan = (failAt = -1, code = "EIO", forever = false): Plan => ({ failAt, code, forever, count: 0 })

export const platformError = (code: string, path: string): PlatformError =>
  new PlatformError(
    new SystemError({
      _tag: "Unknown",
      module: "FileSystem",
      method: "test",
      pathOrDescriptor: path,
      cause: Object.assign(new Error(code), { code })
    })
  )

/** The file system `fs` with the plan's failures put in; only what the checkpoint store calls. */
export const faulty = (fs: FileSystem.FileSystem, plan: Plan): FileSystem.FileSystem => {
  const step = <A, E, R>(path: string, effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | PlatformError, R> =>
    Effect.suspend((): Effect.Effect<A, E | PlatformError, R> => {
      const at = plan.count++
      const hit = at === plan.failAt || (plan.forever && plan.failAt >= 0 && at > plan.failAt)
      if (!hit) return effect
      return plan.before === undefined ? Effect.fail(platformError(plan.code, path)) : Effect.andThen(plan.before, effect)
    })
  const file = (path: string, f: FileSystem.File): FileSystem.File =>
    new Proxy(f, {
      get: (target, key) =>
        key === "sync"
          ? step(path, target.sync)
          : key === "writeAll"
            ? (b: Uint8Array) => step(path, target.writeAll(b))
            : (Reflect.get(target, key, target).bind?.(target) ?? Reflect.get(target, key, target))
    })
  return {
    ...fs,
    open: (path, options) => Effect.map(step(path, fs.open(path, options)), (f) => file(path, f)),
    rename: (from, to) => step(from, fs.rename(from, to)),
    remove: (path, options) => step(path, fs.remove(path, options)),
    makeDirectory: (path, options) => step(path, fs.makeDirectory(path, options)),
    readDirectory: (path, options) => step(path, fs.readDirectory(path, options)),
    readFile: (path) => step(path, fs.readFile(path)),
    readFileString: (path, encoding) => step(path, fs.readFileString(path, encoding)),
    stat: (path) => step(path, fs.stat(path))
  }
}

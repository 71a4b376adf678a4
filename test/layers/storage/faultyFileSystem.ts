import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import { PlatformError, SystemError } from "effect/PlatformError"

/** Which operation fails (counted from 0), with which errno, and whether all later ones do too (a killed process). */
export interface Plan {
  failAt: number
  code: string
  forever: boolean
  /** Instead of failing: runs just before the operation, or just after it and before anyone knows. */
  before?: Effect.Effect<void>
  after?: Effect.Effect<void>
  /** Operations asked for so far. */
  count: number
  /** They, as `rename model.ckpt-1.index.tmp`. */
  readonly log: Array<string>
}

export const plan = (failAt = -1, code = "EIO", forever = false): Plan => ({ failAt, code, forever, count: 0, log: [] })

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

/**
 * The file system `fs` of a process that is killed once it has written `bytes` bytes: the write that goes over is cut short, and
 * nothing happens after it, no clean-up either.
 */
export const dying = (fs: FileSystem.FileSystem, bytes: number): FileSystem.FileSystem & { readonly written: () => number } => {
  let written = 0
  let dead = false
  const alive = <A, E, R>(path: string, effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | PlatformError, R> =>
    Effect.suspend((): Effect.Effect<A, E | PlatformError, R> => (dead ? Effect.fail(platformError("EIO", path)) : effect))
  const writeAll = (path: string, f: FileSystem.File) => (data: Uint8Array) =>
    alive(
      path,
      Effect.suspend(() => {
        const room = bytes - written
        written += data.length
        if (data.length <= room) return f.writeAll(data)
        dead = true
        return Effect.andThen(f.writeAll(data.subarray(0, room)), Effect.fail(platformError("EIO", path)))
      })
    )
  const file = (path: string, f: FileSystem.File): FileSystem.File =>
    new Proxy(f, {
      get: (target, key) =>
        key === "sync"
          ? alive(path, target.sync)
          : key === "writeAll"
            ? writeAll(path, target)
            : (Reflect.get(target, key, target).bind?.(target) ?? Reflect.get(target, key, target))
    })
  return {
    ...fs,
    written: () => written,
    open: (path, options) =>
      alive(
        path,
        Effect.map(fs.open(path, options), (f) => file(path, f))
      ),
    rename: (from, to) => alive(from, fs.rename(from, to)),
    remove: (path, options) => alive(path, fs.remove(path, options)),
    makeDirectory: (path, options) => alive(path, fs.makeDirectory(path, options)),
    writeFileString: (path, data, options) => alive(path, fs.writeFileString(path, data, options))
  }
}

/** The file system `fs` with the plan's failures put in; only what the checkpoint store calls. */
export const faulty = (fs: FileSystem.FileSystem, plan: Plan): FileSystem.FileSystem => {
  const step = <A, E, R>(name: string, path: string, effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | PlatformError, R> =>
    Effect.suspend((): Effect.Effect<A, E | PlatformError, R> => {
      const at = plan.count++
      plan.log.push(`${name} ${path.slice(path.lastIndexOf("/") + 1)}`)
      const hit = at === plan.failAt || (plan.forever && plan.failAt >= 0 && at > plan.failAt)
      if (!hit) return effect
      if (plan.after !== undefined) return Effect.tap(Effect.uninterruptible(effect), () => plan.after!)
      return plan.before === undefined ? Effect.fail(platformError(plan.code, path)) : Effect.andThen(plan.before, effect)
    })
  const file = (path: string, f: FileSystem.File): FileSystem.File =>
    new Proxy(f, {
      get: (target, key) =>
        key === "sync"
          ? step("sync", path, target.sync)
          : key === "writeAll"
            ? (b: Uint8Array) => step("write", path, target.writeAll(b))
            : (Reflect.get(target, key, target).bind?.(target) ?? Reflect.get(target, key, target))
    })
  return {
    ...fs,
    open: (path, options) => Effect.map(step("open", path, fs.open(path, options)), (f) => file(path, f)),
    rename: (from, to) => step("rename", from, fs.rename(from, to)),
    remove: (path, options) => step("remove", path, fs.remove(path, options)),
    makeDirectory: (path, options) => step("makeDirectory", path, fs.makeDirectory(path, options)),
    readDirectory: (path, options) => step("readDirectory", path, fs.readDirectory(path, options)),
    readFile: (path) => step("readFile", path, fs.readFile(path)),
    readFileString: (path, encoding) => step("readFileString", path, fs.readFileString(path, encoding)),
    stat: (path) => step("stat", path, fs.stat(path))
  }
}

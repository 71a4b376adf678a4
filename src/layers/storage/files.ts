/**
 * Files written whole and on disk, or not at all; and the platform's errors as `CheckpointError`s.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as Path from "effect/Path"
import type { PlatformError } from "effect/PlatformError"
import * as NodeFs from "node:fs/promises"
import { CheckpointError } from "../../domain/Errors.ts"
import type { Fault } from "./Fault.ts"

/** What a file is called until it is whole. @category constants @since 0.1.0 */
export const temporarySuffix = ".tmp"

/** `errno` name where the platform gives one. */
const codeOf = (error: PlatformError): string | undefined => {
  const cause: unknown = error.reason.cause
  return typeof cause === "object" && cause !== null && "code" in cause && typeof cause.code === "string" ? cause.code : undefined
}

const full = new Set(["ENOSPC", "EDQUOT", "EFBIG"])

/** @category errors @since 0.1.0 */
export const writeError =
  (file: string) =>
  (cause: PlatformError): CheckpointError => {
    const code = codeOf(cause)
    return code !== undefined && full.has(code)
      ? new CheckpointError({
          reason: "DiskFull",
          file,
          detail: `no space left (${code}); free some or keep fewer checkpoints. Earlier checkpoints are untouched`,
          cause
        })
      : new CheckpointError({
          reason: "Unwritable",
          file,
          detail: `cannot write there (${code ?? cause.message}); check the path, its permissions and the disk`,
          cause
        })
  }

/** @category errors @since 0.1.0 */
export const readError =
  (file: string) =>
  (cause: PlatformError): CheckpointError =>
    cause.reason._tag === "NotFound"
      ? new CheckpointError({ reason: "NotFound", file, detail: "there is no such file", cause })
      : new CheckpointError({ reason: "Unreadable", file, detail: `cannot read it (${codeOf(cause) ?? cause.message})`, cause })

/** @category errors @since 0.1.0 */
export const faultError =
  (file: string) =>
  (fault: Fault): CheckpointError =>
    new CheckpointError({ reason: fault.reason, file, detail: fault.message, ...(fault.tensor === undefined ? {} : { tensor: fault.tensor }) })

/**
 * As `mkdir -p`, but one at a time: Node's recursive mkdir never returns below a folder that cannot hold one, such as /proc.
 *
 * @category programs
 * @since 0.1.0
 */
export const makeDirectories = (fs: FileSystem.FileSystem, path: Path.Path, directory: string): Effect.Effect<void, PlatformError> =>
  Effect.flatMap(fs.exists(directory), (there) => {
    // succeeds for a folder, and fails for a file
    if (there) return fs.makeDirectory(directory, { recursive: true })
    const parent = path.dirname(directory)
    const own = fs.makeDirectory(directory).pipe(
      // another process was faster
      Effect.catchIf(
        (error) => error.reason._tag === "AlreadyExists",
        () => Effect.void
      )
    )
    return parent === directory ? own : Effect.andThen(makeDirectories(fs, path, parent), own)
  })

/** Removes a directory if there is nothing in it: Node's `rmdir`, as the platform's `remove` takes the contents along. @category programs @since 0.1.0 */
export const removeEmpty = (directory: string): Effect.Effect<void> => Effect.ignore(Effect.tryPromise(() => NodeFs.rmdir(directory)))

const flushAt = 1 << 20

/** Puts small pieces together, so that a thousand small tensors are not a thousand writes. @category models @since 0.1.0 */
export interface Output {
  readonly write: (bytes: Uint8Array) => Effect.Effect<void, PlatformError>
}

const buffered = (file: FileSystem.File): Output & { readonly flush: Effect.Effect<void, PlatformError> } => {
  let pending: Array<Uint8Array> = []
  let size = 0
  const flush = Effect.suspend(() => {
    if (size === 0) return Effect.void
    const all = pending.length === 1 ? pending[0]! : Buffer.concat(pending)
    pending = []
    size = 0
    return file.writeAll(all)
  })
  const write = (bytes: Uint8Array) =>
    Effect.suspend(() => {
      // a copy would cost more than another write
      if (bytes.length >= flushAt >> 2) return Effect.andThen(flush, file.writeAll(bytes))
      pending.push(bytes)
      size += bytes.length
      return size >= flushAt ? flush : Effect.void
    })
  return { write, flush }
}

/** Writes a new file through `body` and puts it on the disk before it returns. @category combinators @since 0.1.0 */
export const writeSynced = <A, E>(
  fs: FileSystem.FileSystem,
  path: string,
  body: (output: Output) => Effect.Effect<A, E>
): Effect.Effect<A, E | PlatformError> =>
  Effect.scoped(
    Effect.gen(function* () {
      const file = yield* fs.open(path, { flag: "w" })
      const output = buffered(file)
      const result = yield* body(output)
      yield* output.flush
      yield* file.sync
      return result
    })
  )

/** Makes renames in a directory last through a power cut. Windows cannot open directories, and has no need. @category combinators @since 0.1.0 */
export const syncDirectory = (fs: FileSystem.FileSystem, directory: string): Effect.Effect<void, PlatformError> =>
  process.platform === "win32" ? Effect.void : Effect.scoped(Effect.flatMap(fs.open(directory, { flag: "r" }), (file) => file.sync))

/** Up to `length` bytes from `position`; fewer only where the file ends. @category combinators @since 0.1.0 */
export const readUpTo = Effect.fnUntraced(function* (file: FileSystem.File, position: number, length: number) {
  const bytes = new Uint8Array(length)
  let done = 0
  while (done < length) {
    const n = yield* file.read(bytes.subarray(done), { position: BigInt(position + done) })
    if (n === 0) break
    done += n
  }
  return bytes.subarray(0, done)
})

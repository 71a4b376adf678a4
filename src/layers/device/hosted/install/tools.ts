/**
 * What installations of engines have in common: a wheel fetched by pip, checked by its hash and unpacked into a folder of the cache,
 * which is there whole or not at all.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { createHash } from "node:crypto"
import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import * as fs from "node:fs/promises"
import * as path from "node:path"
import { pipeline } from "node:stream/promises"
import { EngineUnavailable } from "../../../../domain/Errors.ts"
import { run } from "./command.ts"
import * as Zip from "./Zip.ts"

/** A wheel of PyPI. @category models @since 0.1.0 */
export interface Wheel {
  readonly requirement: string
  /** What pip is asked for, besides the requirement. */
  readonly platform: string
  /** Of Python, where the wheel is for one. */
  readonly python?: string
  readonly file: string
  /** About so many: for showing progress. */
  readonly bytes: number
  readonly sha256: string
}

/** Called with a line for people. @category models @since 0.1.0 */
export type Report = (line: string) => void

/** @category models @since 0.1.0 */
export type Failing<A> = Effect.Effect<A, EngineUnavailable>

/** What to do where nothing better is known. @category constants @since 0.1.0 */
export const again = "Run the command again once that is cured."

const withoutPip = "Install Python's pip (Debian: `apt-get install python3-pip`), or fetch the wheel yourself and give it with --wheel."

/** The file that an installation writes last. @category constants @since 0.1.0 */
export const manifestName = "installed.json"

/** What decides where the cache is. @category models @since 0.1.0 */
export interface CachePlace {
  readonly env: { readonly [name: string]: string | undefined }
  readonly home: string
}

/** Below `XDG_CACHE_HOME` or else `~/.cache`. @category rules @since 0.1.0 */
export const cacheRoot = ({ env, home }: CachePlace): string => {
  const set = env["XDG_CACHE_HOME"]
  return path.resolve(set === undefined || set === "" ? path.join(home, ".cache") : set, "effect-estimator")
}

/** A field of what the installation of `folder` wrote last; `undefined` where none was finished or it cannot be read. @category rules @since 0.1.0 */
export const installedField = (folder: string, field: string): string | undefined => {
  try {
    const manifest: unknown = JSON.parse(readFileSync(path.join(folder, manifestName), "utf8"))
    return (manifest as { readonly [name: string]: string })[field] // `publish` wrote it
  } catch {
    return undefined
  }
}

/** @category conversions @since 0.1.0 */
export const mega = (bytes: number): number => Math.round(bytes / 1e6)

/** At most ten lines for one task. */
const tenths = (report: Report, what: string) => {
  let last = 0
  return (done: number, total: number) => {
    const tenth = Math.floor((10 * done) / total)
    if (tenth <= last) return
    last = tenth
    report(`${what}: ${mega(done)} of ${mega(total)} MB`)
  }
}

/** The size of the largest file below a folder: the download that is under way. */
const largestBelow = (folder: string): number => {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .reduce((size, entry) => Math.max(size, statSync(path.join(entry.parentPath, entry.name)).size), 0)
  } catch {
    return 0 // pip removes its temporary files meanwhile
  }
}

const pipArguments = ({ platform, python }: Wheel): ReadonlyArray<string> => [
  ...["download", "--no-deps", "--only-binary=:all:", `--platform=${platform}`],
  ...(python === undefined ? [] : ["--implementation=cp", `--python-version=${python}`])
]

/** Whether pip is there. @category running @since 0.1.0 */
export const checkPip = (engine: string, python: string): Failing<void> =>
  Effect.asVoid(run(python, ["-m", "pip", "--version"], { engine, remedy: withoutPip }))

/** The tools of one engine: failures name it. @category constructors @since 0.1.0 */
export const tools = (engine: string) => {
  const failure = (detail: string, remedy = again, cause?: unknown) =>
    new EngineUnavailable({ engine, detail, remedy, ...(cause === undefined ? {} : { cause }) })

  const attempt = <A>(what: string, work: (signal: AbortSignal) => Promise<A>): Failing<A> =>
    Effect.tryPromise({ try: work, catch: (cause) => failure(`${what}: ${cause instanceof Error ? cause.message : String(cause)}`, again, cause) })

  const checkHash = (file: string, expected: string): Failing<void> =>
    Effect.flatMap(
      attempt(`${file} could not be read`, async (signal) => {
        const hash = createHash("sha256")
        await pipeline(createReadStream(file), hash, { signal })
        return hash.digest("hex")
      }),
      (actual) =>
        actual === expected
          ? Effect.void
          : Effect.fail(
              failure(
                `${path.basename(file)} is not the file that was expected: its sha256 is ${actual}, not ${expected}`,
                "Remove it and fetch it anew."
              )
            )
    )

  /** A folder beside the target, gone when the scope closes unless it was moved away. */
  const staging = (target: string): Effect.Effect<string, EngineUnavailable, Scope.Scope> =>
    Effect.acquireRelease(
      attempt("the cache folder cannot be written", async () => {
        await fs.mkdir(path.dirname(target), { recursive: true })
        return fs.mkdtemp(`${target}.partial-`)
      }),
      (folder) => Effect.promise(() => fs.rm(folder, { recursive: true, force: true }))
    )

  /** By pip, for that is who knows the index; its progress is seen by the size of its temporary file. */
  const fetchWheel = Effect.fnUntraced(function* (wheel: Wheel, folder: string, report: Report): Effect.fn.Return<string, EngineUnavailable> {
    const python = process.env["PYTHON"] ?? "python3"
    yield* checkPip(engine, python)
    const temporary = path.join(folder, "tmp")
    yield* attempt("the cache folder cannot be written", () => fs.mkdir(temporary))
    const download = run(python, ["-m", "pip", ...pipArguments(wheel), "--progress-bar=off", `--dest=${folder}`, wheel.requirement], {
      engine,
      env: { TMPDIR: temporary },
      remedy: `${again} The wheel can also be fetched by other means and given with --wheel: ${wheel.file}.`
    })
    const progress = tenths(report, "fetching")
    const watch = Effect.forever(
      Effect.andThen(
        Effect.sleep("1 second"),
        Effect.sync(() => progress(Math.min(largestBelow(temporary), wheel.bytes), wheel.bytes))
      )
    )
    yield* Effect.raceFirst(download, watch)
    return path.join(folder, wheel.file)
  })

  /** Unpacks what `isNeeded` of the wheel into `folder`: of `given`, or else of what pip fetches; its hash must be the pinned one. */
  const unpackWheel = Effect.fnUntraced(function* (
    wheel: Wheel,
    folder: string,
    { given, isNeeded, report }: { readonly given: string | undefined; readonly isNeeded: (entry: string) => boolean; readonly report: Report }
  ): Effect.fn.Return<void, EngineUnavailable> {
    const archive = given ?? (yield* fetchWheel(wheel, folder, report))
    yield* checkHash(archive, wheel.sha256)
    const onProgress = tenths(report, "unpacking")
    yield* attempt("the wheel could not be unpacked", (signal) => Zip.extract({ archive, into: folder, isNeeded, onProgress, signal }))
  })

  /** `folder`, with its manifest, becomes `target` in one step. */
  const publish = (folder: string, target: string, manifest: { readonly [name: string]: string }): Failing<void> =>
    attempt("the cache folder cannot be written", async () => {
      await fs.writeFile(path.join(folder, manifestName), `${JSON.stringify(manifest)}\n`)
      await fs.rm(target, { recursive: true, force: true })
      await fs.rename(folder, target)
    })

  /** A wheel that was given must be there. */
  const checkGiven = (file: string | undefined): Failing<void> =>
    file === undefined || existsSync(file) ? Effect.void : Effect.fail(failure(`there is no file ${file}`, "Give --wheel the path of the wheel."))

  return { failure, attempt, checkHash, staging, unpackWheel, publish, checkGiven }
}

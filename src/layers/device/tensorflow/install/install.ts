/**
 * Builds tfjs-node's binding against the TensorFlow of the PyPI wheel, into a folder of the cache.
 *
 * pip and npm fetch what is needed, so their configuration says from where and how; every file is checked by its hash. What is
 * there afterwards is two libraries and the addon; it is there whole or not at all.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { createHash } from "node:crypto"
import { createReadStream, existsSync, readdirSync, statSync } from "node:fs"
import * as fs from "node:fs/promises"
import * as path from "node:path"
import { pipeline } from "node:stream/promises"
import { EngineUnavailable } from "../../../../domain/Errors.ts"
import { engine } from "../Host.ts"
import { run } from "./command.ts"
import { addonName, cacheFolder, here, installedVersion, type Located, manifestName } from "./locate.ts"
import { isNeeded, libraries, sources, tensorflowVersion, wheel } from "./pins.ts"
import { probe } from "./probe.ts"
import { check, programsOf } from "./requirements.ts"
import * as Zip from "./Zip.ts"

/** @category models @since 0.1.0 */
export interface InstallOptions {
  /** A wheel that was fetched already: nothing is asked of PyPI. */
  readonly wheel?: string | undefined
  /** Also where it is installed. */
  readonly force?: boolean | undefined
  /** Called with a line for people whenever there is something to say. */
  readonly report: (line: string) => void
}

type Failing<A> = Effect.Effect<A, EngineUnavailable>

const again = "Run the command again once that is cured."

const failure = (detail: string, remedy = again, cause?: unknown) =>
  new EngineUnavailable({ engine, detail, remedy, ...(cause === undefined ? {} : { cause }) })

const attempt = <A>(what: string, work: (signal: AbortSignal) => Promise<A>): Failing<A> =>
  Effect.tryPromise({ try: work, catch: (cause) => failure(`${what}: ${cause instanceof Error ? cause.message : String(cause)}`, again, cause) })

const mega = (bytes: number) => Math.round(bytes / 1e6)

/** At most ten lines for one task. */
const tenths = (report: (line: string) => void, what: string) => {
  let last = 0
  return (done: number, total: number) => {
    const tenth = Math.floor((10 * done) / total)
    if (tenth <= last) return
    last = tenth
    report(`${what}: ${mega(done)} of ${mega(total)} MB`)
  }
}

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

const supported: Failing<void> = Effect.suspend(() =>
  process.platform === "linux" && process.arch === "x64"
    ? Effect.void
    : Effect.fail(
        failure(
          `there is a build for linux on x64 only, not for ${process.platform} on ${process.arch}`,
          "Install @tensorflow/tfjs-node, which brings its own binding where its download works; the engine then uses that."
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

/** By pip, for that is who knows the index; its progress is seen by the size of its temporary file. */
const fetchWheel = Effect.fnUntraced(function* (folder: string, report: (line: string) => void): Effect.fn.Return<string, EngineUnavailable> {
  const { python } = programsOf(process.env)
  const temporary = path.join(folder, "tmp")
  yield* attempt("the cache folder cannot be written", () => fs.mkdir(temporary))
  const args = [
    "download",
    "--no-deps",
    "--only-binary=:all:",
    "--implementation=cp",
    `--platform=${wheel.platform}`,
    `--python-version=${wheel.python}`
  ]
  const download = run(python, ["-m", "pip", ...args, "--progress-bar=off", `--dest=${folder}`, wheel.requirement], {
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

/** Sources and headers, by npm; a scope's own configuration and that of the folder the command runs in apply. */
const fetchSources = Effect.fnUntraced(function* (folder: string): Effect.fn.Return<void, EngineUnavailable> {
  const specifiers = sources.map(({ specifier }) => specifier)
  yield* run("npm", ["pack", "--silent", `--pack-destination=${folder}`, ...specifiers], { remedy: again })
  for (const { file, folder: name, sha256 } of sources) {
    const archive = path.join(folder, file)
    yield* checkHash(archive, sha256)
    const into = path.join(folder, name)
    yield* attempt("the cache folder cannot be written", () => fs.mkdir(into))
    yield* run("tar", ["-xzf", archive, "-C", into, "--strip-components=1"], { remedy: again })
  }
})

/** The addon beside the libraries, which it finds by its own place. */
const compile = (folder: string): Failing<void> => {
  const binding = path.join(folder, "tfjs-node")
  const tensorflow = path.join(folder, "tensorflow")
  const include = [binding, path.join(tensorflow, "include"), path.join(folder, "node-api-headers", "include")].flatMap((from) => ["-I", from])
  const define = ["-DNAPI_VERSION=8", "-DBUILDING_NODE_EXTENSION", "-DNODE_GYP_MODULE_NAME=tfjs_binding"]
  const from = ["tfjs_backend.cc", "tfjs_binding.cc"].map((file) => path.join(binding, "binding", file))
  const link = ["-L", tensorflow, ...libraries.map((name) => `-l:${name}`), "-Wl,-rpath,$ORIGIN"]
  const args = ["-std=c++17", "-O2", "-fPIC", "-shared", ...define, ...include, ...from, ...link, "-o", path.join(tensorflow, addonName)]
  return Effect.asVoid(run(programsOf(process.env).compiler, args, { remedy: again }))
}

/** What remains becomes the cache's folder, in one step. */
const publish = (folder: string, target: string, version: string): Failing<void> =>
  attempt("the cache folder cannot be written", async () => {
    const result = path.join(folder, "tensorflow")
    await fs.rm(path.join(result, "include"), { recursive: true, force: true })
    await fs.writeFile(path.join(result, manifestName), `${JSON.stringify({ tensorflow: version, wheel: wheel.sha256 })}\n`)
    await fs.rm(target, { recursive: true, force: true })
    await fs.rename(result, target)
  })

/**
 * Installs, or finds it installed. `EngineUnavailable` says what failed and what to do; what was fetched until then is removed,
 * as after an interrupt.
 *
 * @category running
 * @since 0.1.0
 */
export const install = Effect.fn("tensorflow.install")(function* ({
  force = false,
  report,
  wheel: given
}: InstallOptions): Effect.fn.Return<Located, EngineUnavailable> {
  const target = cacheFolder(here())
  const located = { addon: path.join(target, addonName), origin: target }
  if (!force && installedVersion(target) !== undefined) return located
  yield* supported
  yield* check(programsOf(process.env), given === undefined)
  yield* Effect.scoped(
    Effect.gen(function* () {
      const folder = yield* staging(target)
      if (given !== undefined && !existsSync(given)) return yield* failure(`there is no file ${given}`, "Give --wheel the path of the wheel.")
      report(`fetching tfjs-node's sources, and TensorFlow ${tensorflowVersion} (${mega(wheel.bytes)} MB) into ${target}`)
      yield* fetchSources(folder)
      const archive = given ?? (yield* fetchWheel(folder, report))
      yield* checkHash(archive, wheel.sha256)
      const onProgress = tenths(report, "unpacking")
      yield* attempt("the wheel could not be unpacked", (signal) => Zip.extract({ archive, into: folder, isNeeded, onProgress, signal }))
      report("compiling the binding")
      yield* compile(folder)
      const version = yield* probe(path.join(folder, "tensorflow", addonName), "Please report this with the message above.")
      yield* publish(folder, target, version)
    })
  )
  return located
})

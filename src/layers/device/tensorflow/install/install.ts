/**
 * Builds tfjs-node's binding against the TensorFlow of the PyPI wheel, into a folder of the cache.
 *
 * pip and npm fetch what is needed, so their configuration says from where and how; every file is checked by its hash. What is
 * there afterwards is two libraries and the addon; it is there whole or not at all.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as fs from "node:fs/promises"
import * as path from "node:path"
import type { EngineUnavailable } from "../../../../domain/Errors.ts"
import { run } from "../../hosted/install/command.ts"
import { again, type Failing, mega, tools } from "../../hosted/install/tools.ts"
import { engine } from "../Host.ts"
import { addonName, cacheFolder, here, installedVersion, type Located } from "./locate.ts"
import { isNeeded, libraries, sources, tensorflowVersion, wheel } from "./pins.ts"
import { probe } from "./probe.ts"
import { check, programsOf } from "./requirements.ts"

/** @category models @since 0.1.0 */
export interface InstallOptions {
  /** A wheel that was fetched already: nothing is asked of PyPI. */
  readonly wheel?: string | undefined
  /** Also where it is installed. */
  readonly force?: boolean | undefined
  /** Called with a line for people whenever there is something to say. */
  readonly report: (line: string) => void
}

const { attempt, checkGiven, checkHash, failure, publish, staging, unpackWheel } = tools(engine)

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

/** Sources and headers, by npm; a scope's own configuration and that of the folder the command runs in apply. */
const fetchSources = Effect.fnUntraced(function* (folder: string): Effect.fn.Return<void, EngineUnavailable> {
  const specifiers = sources.map(({ specifier }) => specifier)
  yield* run("npm", ["pack", "--silent", `--pack-destination=${folder}`, ...specifiers], { engine, remedy: again })
  for (const { file, folder: name, sha256 } of sources) {
    const archive = path.join(folder, file)
    yield* checkHash(archive, sha256)
    const into = path.join(folder, name)
    yield* attempt("the cache folder cannot be written", () => fs.mkdir(into))
    yield* run("tar", ["-xzf", archive, "-C", into, "--strip-components=1"], { engine, remedy: again })
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
  return Effect.asVoid(run(programsOf(process.env).compiler, args, { engine, remedy: again }))
}

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
      yield* checkGiven(given)
      report(`fetching tfjs-node's sources, and TensorFlow ${tensorflowVersion} (${mega(wheel.bytes)} MB) into ${target}`)
      yield* fetchSources(folder)
      yield* unpackWheel(wheel, folder, { given, isNeeded, report })
      report("compiling the binding")
      yield* compile(folder)
      const result = path.join(folder, "tensorflow")
      const version = yield* probe(path.join(result, addonName), "Please report this with the message above.")
      yield* attempt("the cache folder cannot be written", () => fs.rm(path.join(result, "include"), { recursive: true, force: true }))
      yield* publish(result, target, { tensorflow: version, wheel: wheel.sha256 })
    })
  )
  return located
})

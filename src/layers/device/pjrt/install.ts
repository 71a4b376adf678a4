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
import { installedField, mega, tools } from "../hosted/install/tools.ts"
import { engine } from "./Host.ts"
import { cacheFolder, pins, type PluginName } from "./pins.ts"

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

const supported = (name: PluginName) =>
  process.platform === "linux" && process.arch === "x64"
    ? Effect.void
    : Effect.fail(
        failure(
          `the ${name} plugin that is pinned is for linux on x64, and this is ${process.platform} on ${process.arch}`,
          "Set EFFECT_ESTIMATOR_PJRT_PLUGIN to the path of a plugin for this machine."
        )
      )

/**
 * The plugin's file. `EngineUnavailable` says what failed and what to do; what was fetched until then is removed, as after an
 * interrupt.
 *
 * @category running
 * @since 0.1.0
 */
export const install = Effect.fn("pjrt.install")(function* ({
  force = false,
  name,
  report,
  wheel: given
}: InstallOptions): Effect.fn.Return<string, EngineUnavailable> {
  const pin = pins[name]
  const target = cacheFolder(name, { env: process.env, home: homedir() })
  const file = path.join(target, pin.library)
  if (!force && installedField(target, "wheel") !== undefined) return file
  yield* supported(name)
  yield* checkGiven(given)
  yield* Effect.scoped(
    Effect.gen(function* () {
      const folder = yield* staging(target)
      report(`fetching ${pin.requirement} (${mega(pin.bytes)} MB) into ${target}; licence: ${pin.licence}`)
      const isNeeded = (entry: string) => entry === pin.library || /(^|\/)[A-Z_]*(LICENSE|NOTICE)[A-Z_.a-z]*$/.test(entry)
      yield* unpackWheel(pin, folder, { given, isNeeded, report })
      // what pip has left is not kept
      yield* attempt("the cache folder cannot be written", async () => {
        for (const left of [pin.file, "tmp"]) await fs.rm(path.join(folder, left), { recursive: true, force: true })
      })
      yield* publish(folder, target, { plugin: pin.requirement, wheel: pin.sha256 })
    })
  )
  return file
})

/**
 * Finds the addon: the user's own tfjs-node where its binding is there, else what `devices install tensorflow` has built.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import { existsSync, readdirSync } from "node:fs"
import { createRequire } from "node:module"
import { homedir } from "node:os"
import * as path from "node:path"
import { EngineUnavailable } from "../../../../domain/Errors.ts"
import { cacheRoot, installedField, manifestName } from "../../hosted/install/tools.ts"
import { engine, remedy } from "../Host.ts"
import { tensorflowVersion } from "./pins.ts"

/** @category models @since 0.1.0 */
export interface Located {
  /** Absolute path of `tfjs_binding.node`. */
  readonly addon: string
  /** For people: whose it is. */
  readonly origin: string
}

/** @category models @since 0.1.0 */
export type Locate = () => Result.Result<Located, EngineUnavailable>

/** What is asked of the surroundings; tests put their own here. @category models @since 0.1.0 */
export interface Surroundings {
  readonly env: { readonly [name: string]: string | undefined }
  readonly home: string
  /** Folders from which packages are looked for. */
  readonly from: ReadonlyArray<string>
}

/** @category constructors @since 0.1.0 */
export const here = (): Surroundings => ({
  env: process.env,
  home: homedir(),
  from: [import.meta.url, path.join(process.cwd(), "package.json")]
})

/** @category constants @since 0.1.0 */
export const addonName = "tfjs_binding.node"

/** The cache folder of this version. @category rules @since 0.1.0 */
export const cacheFolder = (surroundings: Surroundings): string => path.join(cacheRoot(surroundings), `tensorflow-${tensorflowVersion}`)

const resolveFrom = (folder: string): string | undefined => {
  try {
    return path.dirname(createRequire(folder).resolve("@tensorflow/tfjs-node/package.json"))
  } catch {
    return undefined
  }
}

const isLibrary = (file: string) => /^(lib)?tensorflow(_cc)?\.(so|dylib|dll)/.test(file)

/** The binding of an installed tfjs-node, if both it and the library it needs are there. */
const ofPackage = (root: string): string | undefined => {
  const [lib, libraries] = [path.join(root, "lib"), path.join(root, "deps", "lib")]
  // a link whose target is gone is not there
  if (!existsSync(lib) || !existsSync(libraries) || !readdirSync(libraries).some((file) => isLibrary(file) && existsSync(path.join(libraries, file))))
    return undefined
  const newest = readdirSync(lib)
    .filter((folder) => /^napi-v\d+$/.test(folder) && existsSync(path.join(lib, folder, addonName)))
    .sort((a, b) => Number(b.slice(6)) - Number(a.slice(6)))[0]
  return newest === undefined ? undefined : path.join(lib, newest, addonName)
}

const missing = (detail: string) => Result.fail(new EngineUnavailable({ engine, detail, remedy }))

/** Nothing is loaded: a binding that is there may still fail to load, which `compile` then says. @category rules @since 0.1.0 */
export const locateIn = (surroundings: Surroundings): Result.Result<Located, EngineUnavailable> => {
  const packages = surroundings.from.flatMap((folder) => resolveFrom(folder) ?? [])
  for (const root of packages) {
    const addon = ofPackage(root)
    if (addon !== undefined) return Result.succeed({ addon, origin: "the project's @tensorflow/tfjs-node" })
  }
  const folder = cacheFolder(surroundings)
  if (existsSync(path.join(folder, manifestName))) {
    return Result.succeed({ addon: path.join(folder, addonName), origin: `TensorFlow ${tensorflowVersion}, built by \`devices install\`` })
  }
  return missing(
    packages.length > 0
      ? "@tensorflow/tfjs-node is installed, but its binding is not there: its download failed or was not allowed"
      : "neither a @tensorflow/tfjs-node nor TensorFlow in the cache folder is installed"
  )
}

/** As seen from this package, then from the working directory. @category rules @since 0.1.0 */
export const locate: Locate = () => locateIn(here())

/** Which TensorFlow the cache folder has. @category rules @since 0.1.0 */
export const installedVersion = (folder: string): string | undefined => installedField(folder, "tensorflow")

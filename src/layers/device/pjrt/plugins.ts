/**
 * Finds a plugin: by path, by the environment, where Python's packages have them, or in the cache that `devices install` fills.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import { accessSync, constants, existsSync, readdirSync, statSync } from "node:fs"
import { homedir } from "node:os"
import * as path from "node:path"
import { EngineUnavailable } from "../../../domain/Errors.ts"
import { engine, remedy } from "./Host.ts"
import { manifestName } from "../hosted/install/tools.ts"
import { cacheFolder, type PluginName, pluginNames, pins } from "./pins.ts"

/** What a plugin computes on, as far as its name tells: options of its client depend on it. @category models @since 0.1.0 */
export type Platform = PluginName | "other"

/** @category models @since 0.1.0 */
export interface Found {
  readonly platform: Platform
  /** Path of the library; whether it can be loaded is not known yet. */
  readonly file: string
  /** For people: why this one. */
  readonly origin: string
}

/** What is asked of the surroundings; tests put their own here. @category models @since 0.1.0 */
export interface Surroundings {
  readonly env: { readonly [name: string]: string | undefined }
  readonly home: string
  /** Folders of Python's packages. */
  readonly packages: ReadonlyArray<string>
}

const filled = (text: string | undefined): string | undefined => (text === undefined || text === "" ? undefined : text)

const foldersIn = (parent: string): ReadonlyArray<string> => {
  try {
    return readdirSync(parent)
      .filter((name) => name.startsWith("python3"))
      .sort()
      .reverse()
      .flatMap((name) => ["site-packages", "dist-packages"].map((last) => path.join(parent, name, last)))
  } catch {
    return []
  }
}

/** Of an active environment, of the user, of the system; nothing of Python is run. @category constructors @since 0.1.0 */
export const here = (): Surroundings => {
  const roots = [filled(process.env["VIRTUAL_ENV"]), filled(process.env["CONDA_PREFIX"]), path.join(homedir(), ".local"), "/usr/local", "/usr"]
  return { env: process.env, home: homedir(), packages: roots.flatMap((root) => (root === undefined ? [] : foldersIn(path.join(root, "lib")))) }
}

/** @category rules @since 0.1.0 */
export const platformOf = (file: string): Platform => {
  const name = path.basename(file)
  if (/(^|[_.-]|lib)tpu/i.test(name)) return "tpu"
  if (/(^|[_.-]|lib)(cuda|gpu)/i.test(name)) return "cuda"
  return /(^|[_.-]|lib)cpu/i.test(name) ? "cpu" : "other"
}

const inPackages: { readonly [K in PluginName]: ReadonlyArray<string> } = {
  cpu: ["lammps_jax_pjrt_cpu/pjrt_c_api_cpu_plugin.so"],
  cuda: ["jax_plugins/xla_cuda13/xla_cuda_plugin.so", "jax_plugins/xla_cuda12/xla_cuda_plugin.so"],
  tpu: ["libtpu/libtpu.so"]
}

/** The plugins that are there under a name, the preferred one first. @category rules @since 0.1.0 */
export const named = (name: PluginName, surroundings: Surroundings): ReadonlyArray<Found> => {
  const found: Array<Found> = []
  const add = (file: string, origin: string) => {
    if (existsSync(file)) found.push({ platform: name, file, origin })
  }
  const library = filled(surroundings.env["TPU_LIBRARY_PATH"])
  if (name === "tpu" && library !== undefined) add(library, "TPU_LIBRARY_PATH")
  for (const folder of surroundings.packages) for (const file of inPackages[name]) add(path.join(folder, file), "Python's packages")
  const folder = cacheFolder(name, surroundings)
  if (existsSync(path.join(folder, manifestName))) add(path.join(folder, pins[name].library), "installed by `devices install`")
  return found
}

const isName = (text: string): text is PluginName => (pluginNames as ReadonlyArray<string>).includes(text)

/** `name:path,name:path`, as JAX has it. */
const namesAndPaths = (text: string): ReadonlyArray<readonly [name: string, file: string]> =>
  text.split(",").flatMap((entry) => {
    const at = entry.indexOf(":")
    return at < 0 ? [] : [[entry.slice(0, at).trim(), entry.slice(at + 1).trim()] as const]
  })

/** Why a file cannot be used, before it is opened; `undefined` where nothing speaks against it. */
const absence = (file: string, origin: string): string | undefined => {
  try {
    if (statSync(file).isDirectory()) return `${file} is a folder (${origin}), and a plugin is a file, such as pjrt_c_api_cpu_plugin.so in it`
    accessSync(file, constants.R_OK)
    return undefined
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException // of the file system
    if (code === "ENOENT") return `there is no file ${file} (${origin})${file.includes("/") ? "" : "; the names of plugins are cpu, cuda and tpu"}`
    const what = code === "EACCES" ? "reading it, or a folder on the way to it, is not allowed to this user" : `the system says ${code}`
    return `${file} cannot be read (${origin}): ${what}`
  }
}

const missing = (detail: string, what = remedy): Result.Result<never, EngineUnavailable> =>
  Result.fail(new EngineUnavailable({ engine, detail, remedy: what }))

/** What `devices install` calls each. */
const installed: { readonly [K in PluginName]: string } = { cpu: "xla-cpu", cuda: "xla-cuda", tpu: "tpu" }

const remedyFor = (name: PluginName) =>
  `Run \`npx effect-estimator devices install ${installed[name]}\`, or give its path in PJRT_NAMES_AND_LIBRARY_PATHS as \`${name}:path\`.`

const byText = (text: string, origin: string, surroundings: Surroundings): Result.Result<Found, EngineUnavailable> => {
  const listed = namesAndPaths(surroundings.env["PJRT_NAMES_AND_LIBRARY_PATHS"] ?? "").find(([name]) => name === text)
  if (listed !== undefined) return byFile(listed[1], "PJRT_NAMES_AND_LIBRARY_PATHS", listed[0])
  if (!isName(text)) return byFile(text, origin)
  const [first] = named(text, surroundings)
  return first === undefined ? noneNamed(text, `no plugin for "${text}" is installed`, surroundings, remedyFor(text)) : Result.succeed(first)
}

/** `name`: what it is called where it is listed. */
const byFile = (file: string, origin: string, name = ""): Result.Result<Found, EngineUnavailable> => {
  const wrong = absence(file, origin)
  return wrong === undefined ? Result.succeed({ platform: isName(name) ? name : platformOf(file), file: path.resolve(file), origin }) : missing(wrong)
}

/** None is found under a name: what was there, if anything, and could not be read. */
const noneNamed = (name: PluginName, detail: string, surroundings: Surroundings, what = remedy): Result.Result<never, EngineUnavailable> => {
  const file = path.join(cacheFolder(name, surroundings), pins[name].library)
  const wrong = absence(file, "installed by `devices install`")
  return missing(wrong === undefined || wrong.startsWith("there is no file") ? detail : `${detail}: ${wrong}`, what)
}

/**
 * `asked` is a path or a name (`cpu`, `cuda`, `tpu`, or one of PJRT_NAMES_AND_LIBRARY_PATHS). Without it: EFFECT_ESTIMATOR_PJRT_PLUGIN
 * (the same), then TPU_LIBRARY_PATH, the first of PJRT_NAMES_AND_LIBRARY_PATHS, then the CPU's plugin.
 *
 * @category rules
 * @since 0.1.0
 */
export const locate = (asked: string | undefined, surroundings: Surroundings = here()): Result.Result<Found, EngineUnavailable> => {
  if (asked !== undefined) return byText(asked, "the plugin that was asked for", surroundings)
  const { env } = surroundings
  const own = filled(env["EFFECT_ESTIMATOR_PJRT_PLUGIN"])
  if (own !== undefined) return byText(own, "EFFECT_ESTIMATOR_PJRT_PLUGIN", surroundings)
  const library = filled(env["TPU_LIBRARY_PATH"])
  if (library !== undefined) return byFile(library, "TPU_LIBRARY_PATH")
  const [listed] = namesAndPaths(env["PJRT_NAMES_AND_LIBRARY_PATHS"] ?? "")
  if (listed !== undefined) return byFile(listed[1], "PJRT_NAMES_AND_LIBRARY_PATHS", listed[0])
  const [cpu] = named("cpu", surroundings)
  return cpu === undefined ? noneNamed("cpu", "no PJRT plugin is installed", surroundings) : Result.succeed(cpu)
}

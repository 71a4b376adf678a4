/**
 * Finds `ptxas` and `libdevice`, by which XLA makes code for a GPU: CUDA's own, or what `devices install xla-cuda` has fetched.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import { existsSync, realpathSync } from "node:fs"
import * as path from "node:path"
import { EngineUnavailable } from "../../../domain/Errors.ts"
import { installedField } from "../hosted/install/tools.ts"
import { engine } from "./Host.ts"
import { toolsFolder, toolsPin } from "./pins.ts"
import { here, type Surroundings } from "./plugins.ts"

const ptxasIn = (root: string) => path.join(root, "bin", "ptxas")

const filled = (text: string | undefined): ReadonlyArray<string> => (text === undefined || text === "" ? [] : [text])

/** Folders of CUDA whose `ptxas` is on the PATH; what it links to counts, for a link need have no `libdevice` beside it. */
const onPath = (env: Surroundings["env"]): ReadonlyArray<string> =>
  (env["PATH"] ?? "")
    .split(path.delimiter)
    .filter((folder) => folder !== "" && existsSync(path.join(folder, "ptxas")))
    .map((folder) => path.dirname(path.dirname(realpathSync(path.join(folder, "ptxas")))))

/** What to do where there is none. @category constants @since 0.1.0 */
export const remedy =
  "Run `npx effect-estimator devices install xla-cuda`, which fetches it, or set CUDA_HOME to the folder of a CUDA 12 that has bin/ptxas."

/**
 * CUDA's folder, with `bin/ptxas` in it: of CUDA_HOME or CUDA_PATH, on the PATH, among Python's packages, of the system, or as
 * installed. `EngineUnavailable` where a variable names a folder without it, or none has it.
 *
 * @category rules
 * @since 0.1.0
 */
export const locate = (surroundings: Surroundings = here(), system = "/usr/local/cuda"): Result.Result<string, EngineUnavailable> => {
  const { env, packages } = surroundings
  const missing = (detail: string) => Result.fail(new EngineUnavailable({ engine, detail, remedy }))
  for (const name of ["CUDA_HOME", "CUDA_PATH"]) {
    for (const root of filled(env[name]))
      return existsSync(ptxasIn(root)) ? Result.succeed(root) : missing(`${name} is ${root}, which has no bin/ptxas`)
  }
  const folder = toolsFolder(surroundings)
  const installed = installedField(folder, "wheel") === undefined ? [] : [path.join(folder, toolsPin.root)]
  const roots = [...onPath(env), ...packages.map((all) => path.join(all, toolsPin.root)), system, ...installed]
  const found = roots.find((root) => existsSync(ptxasIn(root)))
  return found === undefined ? missing("compiling for a GPU takes ptxas of CUDA, and none was found") : Result.succeed(found)
}

/** What has XLA use the tools of a folder: added to the environment of its process. @category conversions @since 0.1.0 */
export const environmentFor = (root: string, env: Surroundings["env"] = process.env): { readonly [name: string]: string } => ({
  PATH: [path.join(root, "bin"), ...filled(env["PATH"])].join(path.delimiter),
  // what the user has set comes last, and counts
  XLA_FLAGS: [`--xla_gpu_cuda_data_dir=${root}`, ...filled(env["XLA_FLAGS"])].join(" ")
})

/**
 * Installs the Python peers, each in its own environment under `BENCH_PEERS`, by package name. What is there is kept.
 * `node bench/peers/setup.ts [name...]` (default: all).
 *
 * @since 0.1.0
 */
import { spawn, spawnSync } from "node:child_process"
import { existsSync, mkdirSync } from "node:fs"
import { join } from "node:path"
import { peersDirectory } from "../harness/paths.ts"

/** Environment name to the packages it needs, whose versions the results show. @category constants @since 0.1.0 */
export const environments = { vt: ["torch", "jax", "numpy"], vf: ["tensorflow", "numpy"] } as const

/** @category models @since 0.1.0 */
export type Environment = keyof typeof environments

const windows = process.platform === "win32"

/** The interpreter of an environment, whether or not it is there. @category rules @since 0.1.0 */
export const python = (name: Environment): string =>
  windows ? join(peersDirectory, name, "Scripts", "python.exe") : join(peersDirectory, name, "bin", "python")

/** `torch 2.15.0, jax 0.10.2, …`, or `undefined` when the environment cannot import its packages. @category rules @since 0.1.0 */
export const installed = (name: Environment): string | undefined => {
  if (!existsSync(python(name))) return undefined
  const packages = environments[name]
  const program = `import ${packages.join(", ")}; print(", ".join(f"{p.__name__} {p.__version__}" for p in (${packages.join(", ")})))`
  const result = spawnSync(python(name), ["-c", program], { encoding: "utf8" })
  return result.status === 0 ? result.stdout.trim() : undefined
}

const systemPython = (): string | undefined =>
  ["python3", "python"].find((command) => spawnSync(command, ["-c", "import venv, sys; assert sys.version_info >= (3, 9)"]).status === 0)

/** Runs a command with its output shown on standard error. */
const show = (command: string, args: ReadonlyArray<string>) =>
  new Promise<string | undefined>((resolve) => {
    const child = spawn(command, args, { stdio: ["ignore", 2, 2] })
    child.on("error", (error) => resolve(`${command}: ${error.message}`))
    child.on("close", (code) => resolve(code === 0 ? undefined : `${[command, ...args].join(" ")} ended with ${code}`))
  })

/** Installs one environment unless it works already; gives the reason when that cannot be done. @category programs @since 0.1.0 */
export const install = async (name: Environment): Promise<string | undefined> => {
  if (installed(name) !== undefined) return undefined
  const packages = environments[name]
  console.error(`peers: installing ${packages.join(", ")} into ${join(peersDirectory, name)} (PyTorch's default Linux wheel is some gigabytes)`)
  if (!existsSync(python(name))) {
    const command = systemPython()
    if (command === undefined) return "Python 3.9 or later with the venv module is not to be had here"
    mkdirSync(peersDirectory, { recursive: true })
    const failure = await show(command, ["-m", "venv", join(peersDirectory, name)])
    if (failure !== undefined) return failure
  }
  const failure = await show(python(name), ["-m", "pip", "install", "--progress-bar", process.stderr.isTTY ? "on" : "off", ...packages])
  if (failure !== undefined) return failure
  return installed(name) === undefined ? `${packages.join(", ")} installed but cannot be imported` : undefined
}

if (import.meta.main) {
  const all = Object.keys(environments) as Array<Environment>
  const names = process.argv.length > 2 ? process.argv.slice(2) : all
  for (const name of names) {
    const known = all.find((n) => n === name)
    const failure = known === undefined ? `unknown; known are ${all.join(", ")}` : await install(known)
    console.log(failure === undefined ? `${name}: ${installed(known!)}` : `${name}: ${failure}`)
    if (failure !== undefined) process.exitCode = 1
  }
}

/**
 * Asks a plugin, in a process of its own, for what it is and which devices it finds; and has it compile for others.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { readdirSync, readFileSync } from "node:fs"
import { CompileError, EngineUnavailable } from "../../../domain/Errors.ts"
import { loadKoffi, resolveKoffi } from "./client/Native.ts"
import { engine, remedy } from "./Host.ts"
import type { Found } from "./plugins.ts"
import { PluginProcess, type Settings } from "./process/PluginProcess.ts"
import type { About, Answer, Compiled, CompileFor } from "./process/protocol.ts"

type Outcome<A> = Effect.Effect<A, CompileError | EngineUnavailable>

const unavailable = (detail: string, cause?: unknown, what = remedy) =>
  new EngineUnavailable({ engine, detail, remedy: what, ...(cause === undefined ? {} : { cause }) })

/** Starts the process, and ends it once `take` has an outcome for one of its answers, or when interrupted. */
const asking = <A>(
  found: Found,
  settings: Pick<Settings, "client" | "env"> & Partial<Pick<Settings, "devices">>,
  take: (answer: Answer) => Outcome<A> | undefined,
  request?: CompileFor
): Outcome<A> =>
  Effect.callback((resume) => {
    let child: PluginProcess
    try {
      const koffi = resolveKoffi()
      child = new PluginProcess(loadKoffi(koffi), { koffi, plugin: found.file, devices: 1, isCpu: found.platform === "cpu", ...settings })
    } catch (cause) {
      return resume(Effect.fail(unavailable(cause instanceof Error ? cause.message : String(cause), cause)))
    }
    child.ask((answer) => {
      const outcome = answer._tag === "Unavailable" ? Effect.fail(unavailable(answer.detail, undefined, answer.remedy)) : take(answer)
      if (outcome === undefined) return
      child.kill()
      resume(outcome)
    }, request)
    return Effect.sync(() => child.kill())
  })

/** libtpu looks for its TPUs for minutes where there are none. */
const patience = "30 seconds"

/** Whether the system has a TPU, by the number of its maker: on others, libtpu looks for one for minutes. @category rules @since 0.1.0 */
export const hasTpu = (): boolean => {
  try {
    const devices = "/sys/bus/pci/devices"
    return readdirSync(devices).some((name) => readFileSync(`${devices}/${name}/vendor`, "utf8").trim() === "0x1ae0")
  } catch {
    return false
  }
}

/** @category errors @since 0.1.0 */
export const noTpu = () =>
  new EngineUnavailable({
    engine,
    detail: "libtpu is installed, and this machine has no TPU",
    remedy:
      "`effect-estimator compile --target tpu:v5e:2x2` compiles for TPUs without one; to run here, name another plugin in EFFECT_ESTIMATOR_PJRT_PLUGIN."
  })

/** What the plugin is, and which devices it finds; `EngineUnavailable` where it does not start. @category running @since 0.1.0 */
export const describe = (found: Found): Effect.Effect<About, EngineUnavailable> => {
  if (found.platform === "tpu" && !hasTpu()) return Effect.fail(noTpu())
  const asked = asking(found, { client: {} }, (answer) => (answer._tag === "Started" ? Effect.succeed(answer.about) : undefined))
  return asked.pipe(
    Effect.catchTag("CompileError", Effect.die),
    Effect.timeoutOrElse({ duration: patience, orElse: () => Effect.fail(unavailable(`${found.file} did not start within ${patience}`)) })
  )
}

const gib = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`

/** One line for people: platform, devices and their memory, versions, and whose plugin it is. @category conversions @since 0.1.0 */
export const summary = ({ attributes, client, version }: About, { origin }: Found): string => {
  const stablehlo = attributes["stablehlo_current_version"]
  const [first] = client?.devices ?? []
  const limit = first?.memory?.limit
  const devices = first === undefined ? "no devices" : `${client!.devices.length} x ${first.kind}${limit === undefined ? "" : ` with ${gib(limit)}`}`
  // a CPU has as many devices as there are replicas
  const what = client?.platform === "cpu" ? "cpu" : `${client?.platform}: ${devices}`
  return `${what}; PJRT ${version}${Array.isArray(stablehlo) ? `, StableHLO ${stablehlo.join(".")}` : ""}; ${origin}`
}

/** The environment in which libtpu describes TPUs on a machine that has none, in several processes at once if need be. */
const withoutTpu = { ALLOW_MULTIPLE_LIBTPU_LOAD: "1", TPU_SKIP_MDS_QUERY: "1", TPU_WORKER_HOSTNAMES: "localhost", TPU_WORKER_ID: "0" } as const

/**
 * Compiles for devices that are not there; `CompileError` with the plugin's words where they refuse. A CPU's plugin makes as many as
 * there are to be. `env` is added to the environment of the plugin's process.
 *
 * @category running
 * @since 0.1.0
 */
export const compileFor = (found: Found, devices: number, request: CompileFor, env: { readonly [name: string]: string } = {}): Outcome<Compiled> => {
  const settings = found.platform === "cpu" ? { client: { cpu_device_count: devices }, devices } : { client: undefined }
  return asking(
    found,
    { ...settings, env: found.platform === "tpu" ? { ...withoutTpu, ...env } : env },
    (answer) => {
      if (answer._tag === "Compiled") return Effect.succeed(answer.compiled)
      return answer._tag === "Refused" ? Effect.fail(new CompileError({ engine, detail: answer.detail })) : undefined
    },
    request
  )
}

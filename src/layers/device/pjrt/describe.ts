/**
 * Asks a plugin, in a process of its own, for what it is and which devices it finds; and has it compile for others.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { CompileError, EngineUnavailable } from "../../../domain/Errors.ts"
import { loadKoffi, resolveKoffi } from "./client/Native.ts"
import { engine, remedy } from "./Host.ts"
import type { Found } from "./plugins.ts"
import { PluginProcess, type Settings } from "./process/PluginProcess.ts"
import type { About, Answer, Compiled, CompileFor } from "./process/protocol.ts"

type Outcome<A> = Effect.Effect<A, CompileError | EngineUnavailable>

const unavailable = (detail: string, cause?: unknown) => new EngineUnavailable({ engine, detail, remedy, ...(cause === undefined ? {} : { cause }) })

/** Starts the process, and ends it once `take` has an outcome for one of its answers, or when interrupted. */
const asking = <A>(
  found: Found,
  settings: Pick<Settings, "client" | "env">,
  take: (answer: Answer) => Outcome<A> | undefined,
  request?: CompileFor
): Outcome<A> =>
  Effect.callback((resume) => {
    let child: PluginProcess
    try {
      const koffi = resolveKoffi()
      child = new PluginProcess(loadKoffi(koffi), { koffi, plugin: found.file, devices: 0, ...settings })
    } catch (cause) {
      return resume(Effect.fail(unavailable("the package koffi is not installed", cause)))
    }
    child.ask((answer) => {
      const outcome = answer._tag === "Unavailable" ? Effect.fail(unavailable(answer.detail)) : take(answer)
      if (outcome === undefined) return
      child.kill()
      resume(outcome)
    }, request)
    return Effect.sync(() => child.kill())
  })

/** @category running @since 0.1.0 */
export const describe = (found: Found): Effect.Effect<About, EngineUnavailable> =>
  Effect.catchTag(
    asking(found, { client: found.platform === "cpu" ? { cpu_device_count: 1 } : {} }, (answer) =>
      answer._tag === "Started" ? Effect.succeed(answer.about) : undefined
    ),
    "CompileError",
    Effect.die
  )

/** The environment in which libtpu describes TPUs on a machine that has none. */
const withoutTpu = { TPU_SKIP_MDS_QUERY: "1", TPU_WORKER_HOSTNAMES: "localhost", TPU_WORKER_ID: "0" } as const

/** Compiles for devices that are not there; `CompileError` with the plugin's words where they refuse. @category running @since 0.1.0 */
export const compileFor = (found: Found, request: CompileFor): Outcome<Compiled> =>
  asking(
    found,
    { client: undefined, ...(found.platform === "tpu" ? { env: withoutTpu } : {}) },
    (answer) => {
      if (answer._tag === "Compiled") return Effect.succeed(answer.compiled)
      return answer._tag === "Refused" ? Effect.fail(new CompileError({ engine, detail: answer.detail })) : undefined
    },
    request
  )

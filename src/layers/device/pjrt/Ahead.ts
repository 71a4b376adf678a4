/**
 * A device that is not there: programs are compiled for it, which shows whether they fit and what they take, and cannot be run.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { CompileError, type EngineUnavailable, ExecuteError } from "../../../domain/Errors.ts"
import type { Program } from "../../../domain/Program.ts"
import { Device, type Executable } from "../../../services/Device.ts"
import { compileFor } from "./describe.ts"
import { check } from "../hosted/accept.ts"
import { lowered } from "../hosted/compile.ts"
import { explain } from "./explain.ts"
import { engine } from "./Host.ts"
import * as Plugins from "./plugins.ts"
import type { Compiled } from "./process/protocol.ts"
import * as StepModule from "./stepModule.ts"

/** @category models @since 0.1.0 */
export interface Target {
  readonly platform: "tpu"
  /** As the plugin knows it: `v5e:4x4`. */
  readonly topology: string
  readonly devices: number
}

/** `tpu:v5e:4x4` has 16 devices; `undefined` for any other text. @category conversions @since 0.1.0 */
export const targetOf = (text: string): Target | undefined => {
  const match = /^tpu:(v[0-9]+[a-z]*:([0-9]+(?:x[0-9]+)*))$/.exec(text)
  if (match === null) return undefined
  const devices = match[2]!.split("x").reduce((product, extent) => product * Number(extent), 1)
  return devices === 0 ? undefined : { platform: "tpu", topology: match[1]!, devices }
}

/** @category models @since 0.1.0 */
export interface Options {
  readonly target: Target
  /** Each over `devices / replicas` devices; default one device each. */
  readonly replicas?: number | undefined
  readonly precision?: StepModule.Precision | undefined
  /** Path of the plugin; default: as it is found. */
  readonly plugin?: string | undefined
  /** Told what each program takes. */
  readonly onCompiled: (compiled: Compiled) => void
}

const notHere = Effect.fail(
  new ExecuteError({ engine, reason: "Closed", detail: "this program was compiled for devices that are not here; it cannot run" })
)

const inert: Executable = {
  initialise: () => notHere,
  reopen: notHere,
  feed: () => notHere,
  run: () => notHere,
  endInput: Effect.void,
  stop: Effect.void,
  outfeed: notHere,
  readState: notHere,
  copyState: () => notHere,
  writeState: () => notHere
}

const compile = ({ onCompiled, plugin, precision = "default", target }: Options, replicas: number) =>
  Effect.fnUntraced(function* (program: Program): Effect.fn.Return<Executable, CompileError | EngineUnavailable> {
    yield* Effect.fromResult(check(engine, program, replicas))
    const partitions = program.partition?.cores ?? 1
    if (replicas * partitions !== target.devices) {
      const detail = `${replicas} replicas of ${partitions} cores take ${replicas * partitions} devices, and ${target.topology} has ${target.devices}`
      return yield* new CompileError({ engine, detail })
    }
    const found = yield* Effect.fromResult(Plugins.locate(plugin ?? target.platform))
    const step = yield* Effect.fromResult(lowered(engine, () => StepModule.make(program, { replicas, iterations: 1, precision, wide: false })))
    const options = { replicas, partitions }
    const request = { _tag: "CompileFor", topology: target.topology, description: {}, text: step.text, options } as const
    onCompiled(yield* Effect.mapError(compileFor(found, request), explain(step)))
    return inert
  })

/** @category constructors @since 0.1.0 */
export const make = (options: Options): Device["Service"] => {
  const replicas = options.replicas ?? options.target.devices
  return Device.of({ engine, replicas, compile: compile(options, replicas) })
}

/**
 * A device that is not there: programs are compiled for it, which shows whether they fit and what they take, and cannot be run.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { CompileError, type EngineUnavailable, ExecuteError } from "../../../domain/Errors.ts"
import { verifyProgram } from "../../../domain/graph/verifyProgram.ts"
import type { Program } from "../../../domain/Program.ts"
import { Device, type Executable } from "../../../services/Device.ts"
import { compileFor } from "./describe.ts"
import { refusal } from "../hosted/accept.ts"
import { lowered } from "../hosted/compile.ts"
import { explain } from "./explain.ts"
import { engine } from "./Host.ts"
import * as CudaTools from "./cudaTools.ts"
import * as Plugins from "./plugins.ts"
import { type CompileOptions, flagsOf } from "./client/compileOptions.ts"
import type { Compiled, CompileFor } from "./process/protocol.ts"
import * as StepModule from "./stepModule.ts"
import type { Target } from "./targets.ts"

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

const requestFor = ({ description, platform, topology }: Target, text: string, options: CompileOptions): CompileFor => ({
  _tag: "CompileFor",
  topology,
  description,
  text,
  options: { ...options, flags: flagsOf(platform) }
})

const compile = ({ onCompiled, plugin, precision = "default", target }: Options, replicas: number) =>
  Effect.fnUntraced(function* (program: Program): Effect.fn.Return<Executable, CompileError | EngineUnavailable> {
    yield* Effect.fromResult(Result.mapError(verifyProgram(program, replicas), refusal(engine)))
    const partitions = program.partition?.cores ?? 1
    if (replicas * partitions !== target.devices) {
      const detail = `${replicas} replicas of ${partitions} cores take ${replicas * partitions} devices, and ${target.name} has ${target.devices}`
      return yield* new CompileError({ engine, detail })
    }
    const found = yield* Effect.fromResult(Plugins.locate(plugin ?? target.platform))
    const tools = target.platform === "cuda" ? CudaTools.environmentFor(yield* Effect.fromResult(CudaTools.locate())) : {}
    // TPUs have no 64-bit arithmetic of their own
    const how = { replicas, iterations: 1, precision, wide: target.platform !== "tpu" }
    const step = yield* Effect.fromResult(lowered(engine, () => StepModule.make(program, how)))
    const request = requestFor(target, step.text, { replicas, partitions })
    onCompiled(yield* Effect.mapError(compileFor(found, target.devices, request, tools), explain(step)))
    return inert
  })

/** @category constructors @since 0.1.0 */
export const make = (options: Options): Device["Service"] => {
  const replicas = options.replicas ?? options.target.devices
  return Device.of({ engine, replicas, compile: compile(options, replicas) })
}

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
import { type Buffer, arraysOf, buffersOf, printed } from "./buffers.ts"
import { statsOf } from "../../../domain/passes/stats.ts"
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
  readonly onCompiled: (told: Told) => void
}

/** What a program takes. @category models @since 0.1.0 */
export interface Told extends Omit<Compiled, "buffers"> {
  /** What is in a device's memory when most of it is needed, the largest first; empty where the plugin does not tell. */
  readonly buffers: ReadonlyArray<Buffer>
  /** Floating point operations of a replica's products and convolutions, counted in the graph. */
  readonly productFlops: number
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

/** As many as are named where a step is too large. */
const named = 5

const giga = (bytes: number) => `${(bytes / 2 ** 30).toFixed(2)} GiB`

/** What is large in a step that the plugin finds too large; it speaks of its own totals. */
const withArrays = <E extends CompileError | EngineUnavailable>(error: E | CompileError, step: StepModule.StepModule, program: Program) => {
  if (error._tag !== "CompileError" || !/out of memory|exceeds|RESOURCE_EXHAUSTED|Oom\b/i.test(error.detail)) return error
  const largest = arraysOf(step, program).slice(0, named)
  const lines = largest.map((array) => `  ${giga(array.bytes)}  ${printed(array)}`)
  const detail = `${error.detail}\nThe largest arrays of the step as it is written, on each replica:\n${lines.join("\n")}\nUse smaller batches, more replicas, or checkpoint layers.`
  return new CompileError({
    engine,
    detail,
    ...(error.op === undefined ? {} : { op: error.op }),
    ...(error.source === undefined ? {} : { source: error.source })
  })
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
    yield* Effect.fromResult(check(engine, program, replicas))
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
    const words = (error: CompileError | EngineUnavailable) => withArrays(explain(step)(error), step, program)
    const { buffers, ...compiled } = yield* Effect.mapError(compileFor(found, target.devices, request, tools), words)
    const productFlops = statsOf(program.step).matMulFlops
    onCompiled({ ...compiled, productFlops, buffers: buffers === undefined ? [] : buffersOf(step, program, buffers) })
    return inert
  })

/** @category constructors @since 0.1.0 */
export const make = (options: Options): Device["Service"] => {
  const replicas = options.replicas ?? options.target.devices
  return Device.of({ engine, replicas, compile: compile(options, replicas) })
}

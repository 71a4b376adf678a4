/**
 * Makes the device: lowers to StableHLO, lays out the memory, has the plugin's process compile and serve.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import { homedir, totalmem } from "node:os"
import * as path from "node:path"
import { CompileError, EngineUnavailable, type ExecuteError } from "../../../domain/Errors.ts"
import { batchLeaves, outfeedLeaves, type Program, stateLeaves } from "../../../domain/Program.ts"
import { Device, type Executable as DeviceExecutable } from "../../../services/Device.ts"
import { accept } from "../hosted/accept.ts"
import { lowered } from "../hosted/compile.ts"
import { count } from "../hosted/count.ts"
import * as Executable from "../hosted/Executable.ts"
import * as Host from "../hosted/Host.ts"
import { Allocator, type HostedLayout, leafByLeaf, slotsWithin, statePlace } from "../hosted/Plan.ts"
import { cacheKey } from "./cacheKey.ts"
import type { NamedValues } from "./client/namedValues.ts"
import { type Koffi, loadKoffi, resolveKoffi } from "./client/Native.ts"
import { engine, remedy } from "./Host.ts"
import { cacheRoot } from "../hosted/install/tools.ts"
import * as Plugins from "./plugins.ts"
import { type HostPlan, PluginProcess, type ProgramParty } from "./process/PluginProcess.ts"
import { hostedPlan, type Module, placeShared, type ProgramPlan } from "./process/ProgramPlan.ts"
import * as SharedMemory from "./process/SharedMemory.ts"
import { moduleOf } from "./moduleOf.ts"
import { hasTpu, noTpu } from "./describe.ts"
import { explain } from "./explain.ts"
import * as StepModule from "./stepModule.ts"

/** @category models @since 0.1.0 */
export interface Options {
  /**
   * Path of a PJRT plugin, or `cpu`, `cuda` or `tpu` for one that is installed. Default: EFFECT_ESTIMATOR_PJRT_PLUGIN, then
   * TPU_LIBRARY_PATH, the first of PJRT_NAMES_AND_LIBRARY_PATHS, then the CPU's.
   */
  readonly plugin?: string | undefined
  /** Replicas in lock step, each on a device of its own; default 1. A CPU's plugin makes as many devices. */
  readonly replicas?: number | undefined
  /** Steps whose batches and outputs are buffered; at least 2. Default: as many as take 4 MiB, at least 4 and at most 64. */
  readonly prefetch?: number | undefined
  /** Steps of one execution where as many batches are there; default: 1, and several once steps turn out to take less than 2 ms. */
  readonly stepsPerExecute?: number | undefined
  /** Of products: `default` is the plugin's own choice (bfloat16 on a TPU, float32 elsewhere). */
  readonly precision?: StepModule.Precision | undefined
  /** Folder of compiled programs, or none for `false`; default `effect-estimator/pjrt-programs` in XDG_CACHE_HOME or ~/.cache. */
  readonly cache?: string | false | undefined
  /** The plugin's own options for its client, such as `memory_fraction` of CUDA's. */
  readonly client?: NamedValues | undefined
}

/** What tests and measurements replace. @category models @since 0.1.0 */
export interface Seams {
  readonly locate?: (asked: string | undefined) => Result.Result<Plugins.Found, EngineUnavailable>
  /** Has the process serve a program. */
  readonly spawn?: (plan: HostPlan, device: PluginDevice) => Host.Party
  readonly make?: typeof StepModule.make
  readonly env?: { readonly [name: string]: string | undefined }
}

/** The process of a device's plugin, started when it is needed. @category models @since 0.1.0 */
export interface PluginDevice {
  readonly serve: (plan: HostPlan) => ProgramParty
  /** The process as it is now, if any. */
  readonly process: () => PluginProcess | undefined
}

interface Settings extends Options {
  readonly replicas: number
}

const automaticSteps = 8

const layoutOf = (program: Program, replicas: number, slots: number): HostedLayout => {
  const memory = new Allocator()
  return {
    replicas,
    slots,
    state: stateLeaves(program.step).map((leaf) => statePlace(memory, leaf, replicas, false, false)),
    infeed: leafByLeaf(memory, batchLeaves(program.step), replicas, slots),
    outfeed: leafByLeaf(memory, outfeedLeaves(program.step), replicas, slots),
    bytes: memory.bytes
  }
}

const gibi = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`

const messageOf = (cause: unknown) => (cause instanceof Error ? cause.message : String(cause))

const unavailable = (detail: string, cause: unknown) => new EngineUnavailable({ engine, detail, remedy, cause })

const koffiHere: Effect.Effect<Koffi, EngineUnavailable> = Effect.try({
  try: () => loadKoffi(),
  catch: (cause) => unavailable("the package koffi is not installed", cause)
})

/** The steps of a long execution; `undefined` where there is to be none. */
const severalFor = ({ stepsPerExecute }: Settings, slots: number): number | undefined => {
  const several = stepsPerExecute ?? Math.min(automaticSteps, slots >> 1)
  return several > 1 ? several : undefined
}

interface Planned {
  readonly layout: HostedLayout
  readonly single: Module
  readonly several: Module | undefined
  readonly failures: ReadonlyArray<string>
}

/** What the state, the batches and the outputs take of this machine's memory, whose they are while a program runs. */
const checkMemory = (layout: HostedLayout): Effect.Effect<void, CompileError> => {
  const { bytes } = placeShared(layout)
  // a container may have less than the machine
  const available = Math.min(totalmem(), process.constrainedMemory() || Infinity)
  if (bytes <= available) return Effect.void
  const state = layout.state.reduce((sum, place) => sum + place.bytes * place.parts, 0)
  const detail =
    `the state (${gibi(state)}) with buffered batches and outputs takes ${gibi(bytes)} of this machine's memory, and it has ${gibi(available)}: ` +
    "use a smaller model or smaller batches, buffer fewer steps (prefetch), or a machine with more memory"
  return Effect.fail(new CompileError({ engine, detail }))
}

const planOf = (settings: Settings, found: Plugins.Found, program: Program, planned: Planned, koffi: Koffi): HostPlan => {
  const { layout } = planned
  const shared = placeShared(layout)
  const folder = settings.cache ?? path.join(cacheRoot({ env: process.env, home: homedir() }), "pjrt-programs")
  const cache = folder === false ? undefined : { folder, plugin: cacheKey(found.file) }
  // last: what fails above leaves no memory behind
  const { file, mapping } = SharedMemory.make(koffi, shared.bytes)
  const plan: ProgramPlan = {
    ...planned,
    init: program.init,
    shared: { ...shared, file },
    eager: settings.stepsPerExecute !== undefined,
    options: { replicas: settings.replicas },
    cache
  }
  return { ...hostedPlan(plan, shared, mapping), program: plan, mapping }
}

const makeProcess = (settings: Settings, seams: Seams) => {
  let current: PluginProcess | undefined
  return (koffi: Koffi, found: Plugins.Found): PluginDevice => ({
    process: () => current,
    serve: (plan) => {
      if (current === undefined || current.isOver) {
        const client = { ...(found.platform === "cpu" ? { cpu_device_count: settings.replicas } : {}), ...settings.client }
        const env = seams.env === undefined ? {} : { env: seams.env }
        current = new PluginProcess(koffi, { koffi: resolveKoffi(), plugin: found.file, client, devices: settings.replicas, ...env })
      }
      return current.serve(plan)
    }
  })
}

const compile = (settings: Settings, seams: Seams) => {
  const pluginProcess = makeProcess(settings, seams)
  return Effect.fnUntraced(function* (
    given: Program
  ): Effect.fn.Return<DeviceExecutable, CompileError | EngineUnavailable | ExecuteError, Scope.Scope> {
    const { precision = "default", replicas } = settings
    const { program, report: cut } = yield* Effect.fromResult(accept(engine, given, replicas))
    const slots = settings.prefetch ?? slotsWithin(program.step, replicas)
    const layout = layoutOf(program, replicas, slots)
    yield* checkMemory(layout)
    const found = yield* Effect.fromResult((seams.locate ?? Plugins.locate)(settings.plugin))
    // libtpu would look for one for minutes
    if (found.platform === "tpu" && !hasTpu()) return yield* noTpu()
    const make = seams.make ?? StepModule.make
    // TPUs have no 64-bit arithmetic of their own
    const how = { replicas, precision, wide: found.platform !== "tpu" }
    const lower = (iterations: number) => Effect.fromResult(lowered(engine, () => make(program, { ...how, iterations })))
    const step = yield* lower(1)
    const steps = severalFor(settings, slots)
    const several = steps === undefined ? undefined : yield* lower(steps)
    const koffi = yield* koffiHere
    const planned = {
      layout,
      single: moduleOf(step, layout, 1),
      several: several === undefined ? undefined : moduleOf(several, layout, steps!), // there is one where there is the other
      failures: step.failures
    }
    const plan = yield* Effect.try({
      try: () => planOf(settings, found, program, planned, koffi),
      catch: (cause) => unavailable(messageOf(cause), cause)
    })
    const party = pluginProcess(koffi, found)
    const spawn = seams.spawn ?? ((hostPlan: HostPlan) => party.serve(hostPlan))
    const host = yield* Host.start({ engine, remedy, party: "plugin's process" }, plan, (hostPlan) => spawn(hostPlan, party))
    yield* Effect.mapError(host.ready, explain(step))
    return { ...(yield* Executable.make(host, plan)), cut }
  })
}

const device = "DevicePjrt"

/** Throws a `RangeError` for counts that are too small or not whole. @category constructors @since 0.1.0 */
export const make = (options: Options = {}, seams: Seams = {}): Device["Service"] => {
  const replicas = count(device, "replicas", options.replicas ?? 1, 1)
  if (options.prefetch !== undefined) count(device, "prefetch", options.prefetch, 2)
  if (options.stepsPerExecute !== undefined) count(device, "stepsPerExecute", options.stepsPerExecute, 1)
  return Device.of({ engine, replicas, compile: compile({ ...options, replicas }, seams) })
}

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
import type { Graph } from "../../../domain/graph/Graph.ts"
import { batchLeaves, outfeedLeaves, type Program, stateLeaves } from "../../../domain/Program.ts"
import { Device, type Executable as DeviceExecutable } from "../../../services/Device.ts"
import { check } from "../hosted/accept.ts"
import { lowered } from "../hosted/compile.ts"
import { count } from "../hosted/count.ts"
import * as Executable from "../hosted/Executable.ts"
import * as Host from "../hosted/Host.ts"
import { Allocator, type HostedLayout, leafByLeaf, slotsWithin, statePlace } from "../hosted/Plan.ts"
import { cacheKey } from "./cacheKey.ts"
import { devicesOf } from "./client/compileOptions.ts"
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
  /** Replicas in lock step, each on a device of its own, or on one for each of its cores; default 1. A CPU's plugin makes as many devices. */
  readonly replicas?: number | undefined
  /** Steps whose batches and outputs are buffered; at least 2. Default: as many as take 4 MiB, at least 4 and at most 64. */
  readonly prefetch?: number | undefined
  /**
   * Steps of one execution, in device runs (`iterationsPerLoop`) of at least as many and where as many batches are there. Default: 1, and
   * several once steps turn out to take less than 2 ms, in device runs of 16 and more. At most `prefetch`.
   */
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

/** The process of a device's plugin, started when it is needed or before. @category models @since 0.1.0 */
export interface PluginDevice {
  readonly serve: (plan: HostPlan) => ProgramParty
  /** Starts the process, if there is none, for a program that is still to come. */
  readonly ahead: (devices?: number) => void
  /** Ends the process if it serves no program. */
  readonly leave: () => void
  /** The process as it is now, if any. */
  readonly process: () => PluginProcess | undefined
}

/** @category models @since 0.1.0 */
export interface Settings extends Options {
  readonly replicas: number
}

const automaticSteps = 8

const layoutOf = (program: Program, replicas: number, slots: number): HostedLayout => {
  const memory = new Allocator()
  return {
    replicas,
    slots,
    state: stateLeaves(program.step).map((leaf) => statePlace(memory, leaf, replicas, false, false)),
    // each slot can be read in place
    infeed: leafByLeaf(memory, batchLeaves(program.step), replicas, slots, true),
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

/** Modules with the layout of what they take and give. @category models @since 0.1.0 */
export interface Planned {
  /** Of the first values of the state; no nodes where they are always written. */
  readonly init: Graph
  readonly layout: HostedLayout
  readonly single: Module
  readonly several: Module | undefined
  readonly failures: ReadonlyArray<string>
  /** Of a replica; default 1. */
  readonly cores?: number | undefined
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

const planOf = (settings: Settings, found: Plugins.Found, { cores, ...planned }: Planned, koffi: Koffi): HostPlan => {
  const { layout } = planned
  const shared = placeShared(layout)
  const folder = settings.cache ?? path.join(cacheRoot({ env: process.env, home: homedir() }), "pjrt-programs")
  const cache = folder === false ? undefined : { folder, plugin: cacheKey(found.file) }
  // last: what fails above leaves no memory behind
  const { file, mapping } = SharedMemory.make(koffi, shared.bytes)
  const plan: ProgramPlan = {
    ...planned,
    shared: { ...shared, file },
    eager: settings.stepsPerExecute !== undefined,
    options: { replicas: settings.replicas, partitions: cores },
    cache
  }
  return { ...hostedPlan(plan, shared, mapping), program: plan, mapping }
}

/** @category constructors @since 0.1.0 */
export const makeProcess = (settings: Settings, seams: Seams) => {
  let current: PluginProcess | undefined
  return (koffi: Koffi, found: Plugins.Found): PluginDevice => {
    const start = (devices: number) => {
      const { client = {} } = settings
      const env = seams.env === undefined ? {} : { env: seams.env }
      return new PluginProcess(koffi, { koffi: resolveKoffi(), plugin: found.file, client, devices, isCpu: found.platform === "cpu", ...env })
    }
    const isThere = () => current !== undefined && !current.isOver
    return {
      process: () => current,
      ahead: (devices = settings.replicas) => {
        if (!isThere()) current = start(devices)
        current!.ahead() // it has been started
      },
      leave: () => current?.leave(),
      serve: (plan) => {
        if (!isThere()) current = start(devicesOf(plan.program.options))
        return current!.serve(plan) // it has been started
      }
    }
  }
}

/** What a device is made of. @category models @since 0.1.0 */
export interface Parts {
  readonly found: Plugins.Found
  readonly koffi: Koffi
}

/** The plugin that is to run, and koffi to call it by. @category combinators @since 0.1.0 */
export const partsOf = Effect.fnUntraced(function* (settings: Settings, seams: Seams): Effect.fn.Return<Parts, EngineUnavailable> {
  const found = yield* Effect.fromResult((seams.locate ?? Plugins.locate)(settings.plugin))
  // libtpu would look for one for minutes
  if (found.platform === "tpu" && !hasTpu()) return yield* noTpu()
  return { found, koffi: yield* koffiHere }
})

/** Starts the process if there is none. */
const startAhead = (party: PluginDevice, devices: number): Effect.Effect<void, EngineUnavailable> =>
  Effect.try({ try: () => party.ahead(devices), catch: (cause) => unavailable(messageOf(cause), cause) })

/** Has the plugin's process compile and serve; `step` tells whose instruction a refusal is about. @category combinators @since 0.1.0 */
export const start = Effect.fnUntraced(function* (
  settings: Settings,
  seams: Seams,
  party: PluginDevice,
  { found, koffi }: Parts,
  planned: Planned,
  step: Pick<StepModule.StepModule, "at">
): Effect.fn.Return<DeviceExecutable, CompileError | EngineUnavailable | ExecuteError, Scope.Scope> {
  if (seams.spawn === undefined) yield* startAhead(party, devicesOf({ replicas: settings.replicas, partitions: planned.cores }))
  const spawn = seams.spawn ?? ((hostPlan: HostPlan) => party.serve(hostPlan))
  const planning = Effect.try({
    try: () => planOf(settings, found, planned, koffi),
    catch: (cause) => unavailable(messageOf(cause), cause)
  })
  // the plan's memory is the host's, which gives it back: nothing may come between
  const { host, plan } = yield* Effect.uninterruptible(
    Effect.flatMap(planning, (plan) =>
      Effect.map(
        Host.start({ engine, remedy, party: "plugin's process" }, plan, (hostPlan) => spawn(hostPlan, party)),
        (host) => ({ host, plan })
      )
    )
  )
  yield* Effect.mapError(host.ready, explain(step))
  return yield* Executable.make(host, plan)
})

const compile = (settings: Settings, seams: Seams, process: ReturnType<typeof makeProcess>) =>
  Effect.fnUntraced(function* (program: Program): Effect.fn.Return<DeviceExecutable, CompileError | EngineUnavailable | ExecuteError, Scope.Scope> {
    const { precision = "default", replicas } = settings
    yield* Effect.fromResult(check(engine, program, replicas))
    const parts = yield* partsOf(settings, seams)
    const { found, koffi } = parts
    const party = process(koffi, found)
    const cores = program.partition?.cores
    // it starts while the step is lowered
    if (seams.spawn === undefined) yield* startAhead(party, devicesOf({ replicas, partitions: cores }))
    const slots = settings.prefetch ?? Math.max(slotsWithin(program.step, replicas), 2 * (settings.stepsPerExecute ?? 1))
    const layout = layoutOf(program, replicas, slots)
    yield* checkMemory(layout)
    const make = seams.make ?? StepModule.make
    // TPUs have no 64-bit arithmetic of their own
    const how = { replicas, precision, wide: found.platform !== "tpu" }
    const lower = (iterations: number) => Effect.fromResult(lowered(engine, () => make(program, { ...how, iterations })))
    const step = yield* lower(1)
    const steps = severalFor(settings, slots)
    const several = steps === undefined ? undefined : yield* lower(steps)
    const planned = {
      init: program.init,
      layout,
      single: moduleOf(step, layout, 1, cores),
      several: several === undefined ? undefined : moduleOf(several, layout, steps!, cores), // there is one where there is the other
      failures: step.failures,
      cores
    }
    return yield* start(settings, seams, party, parts, planned, step)
  })

const name = "DevicePjrt"

/** A device, and what starts its process before there is a program. @category models @since 0.1.0 */
export interface Made {
  readonly device: Device["Service"]
  /** Starts the process, which ends with the scope; what keeps it from starting is told by `compile`. */
  readonly ahead: Effect.Effect<void, never, Scope.Scope>
}

/** Throws a `RangeError` for counts that are too small or not whole. @category constructors @since 0.1.0 */
export const makeAhead = (options: Options = {}, seams: Seams = {}): Made => {
  const replicas = count(name, "replicas", options.replicas ?? 1, 1)
  if (options.prefetch !== undefined) count(name, "prefetch", options.prefetch, 2)
  if (options.stepsPerExecute !== undefined) count(name, "stepsPerExecute", options.stepsPerExecute, 1)
  const { prefetch, stepsPerExecute = 1 } = options
  if (prefetch !== undefined && stepsPerExecute > prefetch)
    throw new RangeError(
      `${name}: expected a prefetch of at least the ${stepsPerExecute} stepsPerExecute, got ${prefetch}: that many batches would never be there`
    )
  const settings = { ...options, replicas }
  const process = makeProcess(settings, seams)
  const ahead = Effect.gen(function* () {
    const { found, koffi } = yield* partsOf(settings, seams)
    const party = process(koffi, found)
    yield* Effect.acquireRelease(startAhead(party, replicas), () => Effect.sync(() => party.leave()))
  }).pipe(Effect.ignore)
  return { device: Device.of({ engine, replicas, compile: compile(settings, seams, process) }), ahead }
}

/** Throws as `makeAhead` does. @category constructors @since 0.1.0 */
export const make = (options: Options = {}, seams: Seams = {}): Device["Service"] => makeAhead(options, seams).device

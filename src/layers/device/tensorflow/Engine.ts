/**
 * Makes the device: lowers, lays out the memory, starts a worker for each compiled program.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import type { ExecuteError } from "../../../domain/Errors.ts"
import { CompileError, type EngineUnavailable } from "../../../domain/Errors.ts"
import type { GraphError } from "../../../domain/graph/GraphError.ts"
import { verifyProgram } from "../../../domain/graph/verifyProgram.ts"
import { partitionProgram } from "../../../domain/passes/partition/partitionProgram.ts"
import type { Program } from "../../../domain/Program.ts"
import { Device, type Executable as DeviceExecutable } from "../../../services/Device.ts"
import { maxIterations } from "../hosted/control.ts"
import * as Executable from "../hosted/Executable.ts"
import * as Host from "../hosted/Host.ts"
import * as Merged from "../hosted/Merged.ts"
import * as Own from "./Host.ts"
import * as Locate from "./install/locate.ts"
import { NoRule } from "./lower.ts"
import * as StepGraph from "./stepGraph.ts"
import * as WorkerPlan from "./WorkerPlan.ts"

/** @category models @since 0.1.0 */
export interface Options {
  /** Replicas in lock step, merged into one graph; default 1. */
  readonly replicas?: number
  /**
   * Steps whose batches and outputs are buffered, and that one call may run; at least 2. Default: as many as take 4 MiB, at
   * least 4 and at most 64.
   */
  readonly prefetch?: number
  /** Whether XLA compiles the step: a longer first step, shorter ones after it; default false. */
  readonly jitCompile?: boolean
}

/** What tests and measurements replace. @category models @since 0.1.0 */
export interface Seams {
  readonly spawn?: Own.Spawn
  readonly locate?: Locate.Locate
}

const { engine, remedy } = Own

const lower = (program: Program, merged: Merged.Merged, options: StepGraph.StepOptions): Effect.Effect<StepGraph.StepGraph, CompileError> =>
  Effect.try({
    try: () => StepGraph.make(program, merged, options),
    catch: (error) => {
      if (!(error instanceof NoRule)) return new CompileError({ engine, detail: "the graph could not be lowered", cause: error })
      const { op, source } = error.node
      return new CompileError({ engine, op, detail: "the engine has no lowering for this op", ...(source === undefined ? {} : { source }) })
    }
  })

const refused = ({ detail, op, source }: GraphError) =>
  new CompileError({ engine, detail, ...(op === undefined ? {} : { op }), ...(source === undefined ? {} : { source }) })

interface Settings {
  readonly replicas: number
  readonly prefetch: number | undefined
  readonly xla: boolean
}

const compile = ({ prefetch, replicas, xla }: Settings, seams: Seams) =>
  Effect.fnUntraced(function* (given: Program): Effect.fn.Return<DeviceExecutable, CompileError | EngineUnavailable | ExecuteError, Scope.Scope> {
    const verdict = Result.flatMap(verifyProgram(given, replicas), () => partitionProgram(given))
    if (Result.isFailure(verdict)) return yield* refused(verdict.failure)
    const { program, report: cut } = verdict.success
    const merged = Merged.make(program.step, replicas)
    const slots = prefetch ?? WorkerPlan.slotsFor(program, merged)
    const step = yield* lower(program, merged, { xla })
    const { addon } = yield* Effect.fromResult((seams.locate ?? Locate.locate)())
    const plan = WorkerPlan.make(program, merged, step, { addon, xla, slots, maxIterations })
    const host = yield* Host.start({ engine, remedy }, plan, seams.spawn ?? Own.spawnWorker)
    yield* host.ready
    return { ...(yield* Executable.make(host, plan)), cut }
  })

const count = (value: number, least: number, name: string): number => {
  if (!Number.isInteger(value) || value < least) throw new RangeError(`DeviceTensorflow: expected a whole ${name} of at least ${least}, got ${value}`)
  return value
}

/** Throws a `RangeError` for counts that are too small or not whole. @category constructors @since 0.1.0 */
export const make = (options: Options = {}, seams: Seams = {}): Device["Service"] => {
  const settings = {
    replicas: count(options.replicas ?? 1, 1, "replicas"),
    prefetch: options.prefetch === undefined ? undefined : count(options.prefetch, 2, "prefetch"),
    xla: options.jitCompile ?? false
  }
  return Device.of({ engine, replicas: settings.replicas, compile: compile(settings, seams) })
}

/**
 * Makes the device: lowers, lays out the memory, starts a worker for each compiled program.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import type { Program } from "../../../domain/Program.ts"
import { Device } from "../../../services/Device.ts"
import { count } from "../hosted/count.ts"
import * as Compile from "../hosted/compile.ts"
import { maxIterations } from "../hosted/control.ts"
import * as Merged from "../hosted/Merged.ts"
import * as Own from "./Host.ts"
import * as Locate from "./install/locate.ts"
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
const name = "DeviceTensorflow"

interface Settings {
  readonly replicas: number
  readonly prefetch: number | undefined
  readonly xla: boolean
}

const planOf = ({ prefetch, replicas, xla }: Settings, seams: Seams, program: Program) =>
  Result.gen(function* () {
    const merged = Merged.make(program.step, replicas)
    const slots = prefetch ?? WorkerPlan.slotsFor(program, merged)
    const step = yield* Compile.lowered(engine, () => StepGraph.make(program, merged, { xla }))
    const { addon } = yield* (seams.locate ?? Locate.locate)()
    return WorkerPlan.make(program, merged, step, { addon, xla, slots, maxIterations })
  })

/** Throws a `RangeError` for counts that are too small or not whole. @category constructors @since 0.1.0 */
export const make = (options: Options = {}, seams: Seams = {}): Device["Service"] => {
  const settings = {
    replicas: count(name, "replicas", options.replicas ?? 1, 1),
    prefetch: options.prefetch === undefined ? undefined : count(name, "prefetch", options.prefetch, 2),
    xla: options.jitCompile ?? false
  }
  const { replicas } = settings
  const compile = Compile.compile({
    engine,
    remedy,
    replicas,
    plan: (program) => planOf(settings, seams, program),
    spawn: seams.spawn ?? Own.spawnWorker
  })
  return Device.of({ engine, replicas, compile })
}

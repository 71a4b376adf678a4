/**
 * Makes the device: lowers, lays out the memory, starts a worker for each compiled program.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import { availableParallelism } from "node:os"
import type { Program } from "../../../domain/Program.ts"
import { Device } from "../../../services/Device.ts"
import { count } from "../hosted/count.ts"
import * as Compile from "../hosted/compile.ts"
import { maxIterations } from "../hosted/control.ts"
import * as Merged from "../hosted/Merged.ts"
import * as Own from "./Host.ts"
import { channelBlockOf } from "./channelBlock.ts"
import * as Layout from "./Layout.ts"
import * as Libraries from "./libraries.ts"
import { lower } from "./lower.ts"
import type { SessionOptions } from "./Ort.ts"
import * as WorkerPlan from "./WorkerPlan.ts"

/** @category models @since 0.1.0 */
export interface Options {
  /** Replicas in lock step, merged into one graph; default 1. */
  readonly replicas?: number
  /** Threads of one step; default: the cores that the process may use. */
  readonly threads?: number
  /** Steps whose batches and outputs are buffered; default 4, at least 2. */
  readonly prefetch?: number
}

/** What tests and measurements replace. @category models @since 0.1.0 */
export interface Seams {
  readonly spawn?: Own.Spawn
  readonly resolve?: Libraries.Resolve
  readonly session?: Partial<SessionOptions>
}

const { engine, remedy } = Own
const name = "DeviceOnnx"

/** Idle threads of one session must not spin while another runs: a program may hold a step for training and one for evaluation. */
const sessionConfig = { "session.force_spinning_stop": "1" }

const planOf = ({ prefetch, replicas, threads }: Required<Options>, seams: Seams, program: Program) =>
  Result.gen(function* () {
    const merged = Merged.make(program.step, replicas)
    const libraries = yield* Libraries.find(seams.resolve ?? Libraries.resolveHere)
    const lowered = yield* Compile.lowered(engine, () => lower(merged.graph, merged.outputs, () => channelBlockOf(libraries)))
    const layout = Layout.make(program, merged, lowered, prefetch)
    const session = { threads, memoryPattern: false, config: sessionConfig, ...seams.session }
    return WorkerPlan.make(program, merged, lowered, layout, { ...libraries, session, maxIterations })
  })

/** Throws a `RangeError` for counts that are too small or not whole. @category constructors @since 0.1.0 */
export const make = (options: Options = {}, seams: Seams = {}): Device["Service"] => {
  const all = {
    replicas: count(name, "replicas", options.replicas ?? 1, 1),
    threads: count(name, "threads", options.threads ?? availableParallelism(), 1),
    prefetch: count(name, "prefetch", options.prefetch ?? 4, 2)
  }
  const { replicas } = all
  const compile = Compile.compile({ engine, remedy, replicas, plan: (program) => planOf(all, seams, program), spawn: seams.spawn ?? Own.spawnWorker })
  return Device.of({ engine, replicas, compile })
}

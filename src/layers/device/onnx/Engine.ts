/**
 * Makes the device: lowers, lays out the memory, starts a worker for each compiled program.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import { availableParallelism } from "node:os"
import type { ExecuteError } from "../../../domain/Errors.ts"
import { CompileError, type EngineUnavailable } from "../../../domain/Errors.ts"
import type { GraphError } from "../../../domain/graph/GraphError.ts"
import { verifyProgram } from "../../../domain/graph/verifyProgram.ts"
import { partitionProgram } from "../../../domain/passes/partition/partitionProgram.ts"
import type { Program } from "../../../domain/Program.ts"
import { Device, type Executable as DeviceExecutable } from "../../../services/Device.ts"
import { channelBlockOf } from "./channelBlock.ts"
import { maxIterations } from "./control.ts"
import * as Executable from "./Executable.ts"
import * as Host from "./Host.ts"
import * as Layout from "./Layout.ts"
import * as Libraries from "./libraries.ts"
import { lower, type Lowered, NoRule } from "./lower.ts"
import * as Merged from "./Merged.ts"
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
  readonly spawn?: Host.Spawn
  readonly resolve?: Libraries.Resolve
  readonly session?: Partial<SessionOptions>
}

const engine = Host.engine

/** Idle threads of one session must not spin while another runs: a program may hold a step for training and one for evaluation. */
const sessionConfig = { "session.force_spinning_stop": "1" }

const lowerGraph = ({ graph, outputs }: Merged.Merged, channelBlock: number): Effect.Effect<Lowered, CompileError> =>
  Effect.try({
    try: () => lower(graph, outputs, channelBlock),
    catch: (error) => {
      if (!(error instanceof NoRule)) return new CompileError({ engine, detail: "the graph could not be lowered", cause: error })
      const { op, source } = error.node
      return new CompileError({ engine, op, detail: "the engine has no lowering for this op", ...(source === undefined ? {} : { source }) })
    }
  })

const refused = ({ detail, op, source }: GraphError) =>
  new CompileError({ engine, detail, ...(op === undefined ? {} : { op }), ...(source === undefined ? {} : { source }) })

const compile = (options: Required<Options>, seams: Seams) =>
  Effect.fnUntraced(function* (given: Program): Effect.fn.Return<DeviceExecutable, CompileError | EngineUnavailable | ExecuteError, Scope.Scope> {
    const { replicas, threads, prefetch } = options
    const verdict = Result.flatMap(verifyProgram(given, replicas), () => partitionProgram(given))
    if (Result.isFailure(verdict)) return yield* refused(verdict.failure)
    const { program, report: cut } = verdict.success
    const merged = Merged.make(program.step, replicas)
    const libraries = yield* Effect.fromResult(Libraries.find(seams.resolve ?? Libraries.resolveHere))
    const lowered = yield* lowerGraph(merged, channelBlockOf(libraries))
    const layout = Layout.make(program, merged, lowered, prefetch)
    const session = { threads, memoryPattern: false, config: sessionConfig, ...seams.session }
    const plan = WorkerPlan.make(program, merged, lowered, layout, { ...libraries, session, maxIterations })
    const host = yield* Host.start(plan, seams.spawn ?? Host.spawnWorker)
    yield* host.ready
    return { ...(yield* Executable.make(host, plan)), cut }
  })

const count = (value: number, least: number, name: string): number => {
  if (!Number.isInteger(value) || value < least) throw new RangeError(`DeviceOnnx: expected a whole ${name} of at least ${least}, got ${value}`)
  return value
}

/** Throws a `RangeError` for counts that are too small or not whole. @category constructors @since 0.1.0 */
export const make = (options: Options = {}, seams: Seams = {}): Device["Service"] => {
  const all = {
    replicas: count(options.replicas ?? 1, 1, "replicas"),
    threads: count(options.threads ?? availableParallelism(), 1, "threads"),
    prefetch: count(options.prefetch ?? 4, 2, "prefetch")
  }
  return Device.of({ engine, replicas: all.replicas, compile: compile(all, seams) })
}

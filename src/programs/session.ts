/**
 * What train, evaluate and predict have in common: from an estimator and an input to a compiled program on the device,
 * fed and drained by fibers of their own.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import * as Scope from "effect/Scope"
import { type BatchLayout, type BatchSpec, specOf } from "../domain/batching.ts"
import {
  CheckpointError,
  type CompileError,
  type ConfigError,
  type EngineUnavailable,
  ExecuteError,
  type InputError,
  type TraceError
} from "../domain/Errors.ts"
import { type InputSource, type Position, type PositionedExample } from "../domain/Input.ts"
import { match as matchPartition, partitionOf } from "../domain/deployment/partition.ts"
import type { StateKind } from "../domain/graph/Graph.ts"
import { mixedPrecision, type Precision } from "../domain/passes/mixedPrecision.ts"
import { checkPredictionSize } from "../domain/predictionSize.ts"
import { globalStepName, type Mode, type Partition, type Program, type State, stateLeaves } from "../domain/Program.ts"
import type { RunConfig } from "../domain/RunConfig.ts"
import { make as makeTensor, printType, sameShape } from "../domain/Tensor.ts"
import { Device, type Executable } from "../services/Device.ts"
import type { RunContext } from "../services/Hooks.ts"
import { type Feed, Infeed } from "../services/Infeed.ts"
import { type Traced, Tracer } from "../services/Tracer.ts"
import type { Estimator } from "./Estimator.ts"
import type { Events } from "./events.ts"
import type { KeptPrograms } from "./keptPrograms.ts"
import type { Restored } from "./restore.ts"

/** An input that has been asked for its first batch. @category models @since 0.1.0 */
export interface OpenInput<E> {
  readonly feed: Feed<PositionedExample, E>
  /** `undefined` when the input is empty. */
  readonly first: PositionedExample | undefined
}

/** Starts reading ahead, at most `prefetch` batches, and waits for the first one. @category constructors @since 0.1.0 */
export const openInput = Effect.fnUntraced(function* <E, R>(
  source: InputSource<E, R>,
  from: Position | undefined,
  prefetch: number
): Effect.fn.Return<OpenInput<E>, E, R | Infeed | Scope.Scope> {
  const infeed = yield* Infeed
  const feed = yield* infeed.open(source.batches(from), prefetch)
  const first = yield* feed.take.pipe(Effect.catchIf(Cause.isDone, () => Effect.undefined))
  // `catchIf` cannot take `Done` out of a type parameter
  return { feed, first } as OpenInput<E>
})

/** @category models @since 0.1.0 */
export interface Session<E, R> {
  readonly spec: BatchSpec
  readonly traced: Traced<E, R>
  readonly executable: Executable
}

/** How a replica's leaves are cut over its cores, checked; `undefined` where none is: then logical core 0 computes all of it. */
const partitionFor = (spec: BatchSpec, layout: BatchLayout | undefined): Effect.Effect<Partition | undefined, ConfigError> => {
  if (layout?.partition === undefined) return Effect.undefined
  const { cores, dims } = layout.partition
  return Effect.fromResult(Result.map(matchPartition(spec.features, spec.labels, dims, cores), (leaves) => partitionOf(leaves, cores)))
}

/** What the event says of the cores: how many, and what the engine's cut came to, if it tells. */
const coresOf = (partition: Partition | undefined, cut: Executable["cut"]) => {
  if (partition === undefined) return {}
  if (cut === undefined) return { cores: partition.cores }
  const { busiestShare, cores, cutNodes, movedElements, wholeNodes } = cut
  return { cores, cutNodes, wholeNodes, movedElements, busiestShare }
}

/** What a program is compiled for. @category models @since 0.1.0 */
export interface Form {
  readonly spec: BatchSpec
  readonly partition: Partition | undefined
}

/** The batch's form, fixed by the first example; fails where it does not fit the device, or the configuration. @category constructors @since 0.1.0 */
export const formOf = Effect.fnUntraced(function* (
  mode: Mode,
  first: PositionedExample,
  batchSize: number | undefined,
  layout?: BatchLayout
): Effect.fn.Return<Form, ConfigError | InputError, Device> {
  const { replicas } = yield* Device
  const spec = yield* Effect.fromResult(specOf(first.example, replicas, batchSize, { ...layout, roundUp: mode !== "train" }))
  return { spec, partition: yield* partitionFor(spec, layout) }
})

/** Traces the model function for this form, and compiles; or takes the program of an earlier call from `kept`. @category constructors @since 0.1.0 */
export const compile = Effect.fnUntraced(function* <P, E, R>(
  estimator: Estimator<P, E, R>,
  mode: Mode,
  { partition, spec }: Form,
  config: Pick<RunConfig, "seed" | "precision" | "saveSummarySteps">,
  events: Events,
  kept?: KeptPrograms<Session<E, R>>
): Effect.fn.Return<Session<E, R>, ConfigError | TraceError | CompileError | EngineUnavailable | ExecuteError, Device | Tracer | Scope.Scope> {
  const device = yield* Device
  const tracer = yield* Tracer
  const earlier = kept?.find(mode, spec)
  if (earlier !== undefined) {
    // one whose device has failed says so to whatever is asked of it
    if (Exit.isSuccess(yield* Effect.exit(earlier.executable.writeState(new Map())))) return earlier
    yield* kept!.drop(mode, spec)
  }
  const began = yield* Clock.currentTimeMillis
  const traced = yield* tracer.trace({
    modelFn: estimator.modelFn,
    cacheFn: estimator.cacheFn,
    mode,
    params: estimator.params,
    seed: config.seed,
    summaries: config.saveSummarySteps > 0,
    replicas: device.replicas,
    features: spec.features,
    labels: spec.labels,
    perReplicaBatchSize: spec.rowsPerReplica
  })
  yield* Effect.fromResult(checkPredictionSize(traced.program, traced.predictions, device.replicas))
  const { precision } = config
  const program: Program = {
    ...traced.program,
    step: mixedPrecision(traced.program.step, precision),
    ...(partition === undefined ? {} : { partition })
  }
  const compiling = device.compile(program)
  const { executable, scope } = yield* kept === undefined
    ? Effect.map(compiling, (made) => ({ executable: made, scope: undefined }))
    : compileIn(kept.open, compiling)
  const millis = (yield* Clock.currentTimeMillis) - began
  yield* Effect.ignore(
    events.emit({
      event: "compile",
      mode,
      nodes: program.step.nodes.length,
      millis,
      ...precisionOf(precision, device),
      ...coresOf(partition, executable.cut)
    })
  )
  yield* Effect.ignore(events.emit({ event: "graph", mode, graph: program.step }))
  const session: Session<E, R> = { spec, traced: { ...traced, program }, executable }
  if (scope !== undefined) kept?.keep(mode, spec, session, scope)
  return session
})

/** Compiles in a scope of its own, which is closed again when that fails or is interrupted. */
const compileIn = <A, E, R>(open: Effect.Effect<Scope.Closeable>, compiling: Effect.Effect<A, E, R | Scope.Scope>) =>
  Effect.uninterruptibleMask((restore) =>
    Effect.flatMap(open, (scope) =>
      restore(Scope.provide(compiling, scope)).pipe(
        Effect.onExit((exit) => (Exit.isFailure(exit) ? Scope.close(scope, exit) : Effect.void)),
        Effect.map((executable) => ({ executable, scope }))
      )
    )
  )

/** What the event says of the precision. */
const precisionOf = (precision: Precision, { fastPrecisions = [] }: Device["Service"]) =>
  precision === "float32" ? {} : { precision, emulated: !fastPrecisions.includes(precision) }

/** What the program needs from a checkpoint: leaves of the given kinds, each there and of the right type. */
const select = (
  session: Session<unknown, unknown>,
  replicas: number,
  { checkpoint, ref }: Restored,
  kinds: ReadonlyArray<StateKind>
): State | CheckpointError => {
  const chosen = new Map<string, ReturnType<typeof makeTensor>>([[globalStepName, makeTensor(Int32Array.of(checkpoint.step), [])]])
  for (const leaf of stateLeaves(session.traced.program.step)) {
    if (leaf.kind === "step" || !kinds.includes(leaf.kind)) continue
    const shape = leaf.kind === "cache" ? [replicas, ...leaf.type.shape] : leaf.type.shape
    const found = checkpoint.state.get(leaf.name)
    if (found === undefined) {
      const detail = `the model has this ${leaf.kind}, the checkpoint has not. Was it written by another model? Its tensors: ${[...checkpoint.state.keys()].slice(0, 8).join(", ")} …`
      return new CheckpointError({ reason: "MissingTensor", file: ref.path, tensor: leaf.name, detail })
    }
    if (found.dtype !== leaf.type.dtype || !sameShape(found.shape, shape)) {
      const hint = leaf.kind === "cache" ? "; a run goes on with the batch size and the number of replicas that it began with" : ""
      const detail = `expected ${printType({ dtype: leaf.type.dtype, shape })}, the checkpoint has ${printType(found)}${hint}`
      return new CheckpointError({ reason: "TypeMismatch", file: ref.path, tensor: leaf.name, detail })
    }
    chosen.set(leaf.name, found)
  }
  return chosen
}

/** Gives every state leaf its first value, then those of the checkpoint. @category constructors @since 0.1.0 */
export const setState = Effect.fnUntraced(function* (
  session: Session<unknown, unknown>,
  config: RunConfig,
  restored: Restored | undefined,
  kinds: ReadonlyArray<StateKind>
): Effect.fn.Return<void, CheckpointError | ExecuteError, Device> {
  yield* session.executable.initialise(config.seed)
  if (restored === undefined) return
  const state = select(session, (yield* Device).replicas, restored, kinds)
  if (state instanceof CheckpointError) return yield* state
  yield* session.executable.writeState(state)
})

/** The cache leaves as they are now: taken before the first run, they start each run under `cachePolicy: "loop"`. @category rules @since 0.1.0 */
export const readCache = (session: Session<unknown, unknown>): Effect.Effect<State, ExecuteError> => {
  const names = new Set(stateLeaves(session.traced.program.step).flatMap((leaf) => (leaf.kind === "cache" ? [leaf.name] : [])))
  if (names.size === 0) return Effect.succeed(new Map())
  return Effect.map(session.executable.readState, (state) => new Map([...state].filter(([name]) => names.has(name))))
}

/** What hooks see before there is a state to read. @category rules @since 0.1.0 */
export const contextBefore = (mode: Mode, config: RunConfig, step: number, lastStep: number | undefined, log: Events): RunContext => ({
  mode,
  step,
  globalStep: step,
  lastStep,
  readState: Effect.fail(new ExecuteError({ engine: "none", reason: "BadState", detail: "the run has not come to a state" })),
  batchSize: 0,
  modelDir: config.modelDir,
  emit: log.emit
})

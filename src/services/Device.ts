/**
 * The boundary to an engine: compiles a program once, keeps its state, runs its step many times on all replicas.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { CompileError, EngineUnavailable, ExecuteError } from "../domain/Errors.ts"
import type { Precision } from "../domain/passes/mixedPrecision.ts"
import type { Report } from "../domain/passes/partition/Report.ts"
import type { Batch, Program, RunResult, State, StepOutput } from "../domain/Program.ts"

/**
 * A compiled program with its state on the device; lives until the scope it was compiled in closes.
 *
 * Batches go in through `feed`, steps happen in `run`, outputs come out of `outfeed`, each with its own bounded buffer:
 * three fibers may use the three at once, and a full outfeed buffer holds the steps back. `initialise`, `reopen`, `readState` and
 * `writeState` need the device idle; while `run` is under way they wait for it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Executable {
  /** What cutting the step over the cores of a replica came to; none where `program.partition` asked for no cut, or the engine does not tell. */
  readonly cut?: Report | undefined
  /**
   * Begins anew: every state leaf gets its first value for this seed (the same seed gives the same bits on every engine), and
   * batches that no step has used and outputs that nobody has taken are dropped.
   */
  readonly initialise: (seed: number) => Effect.Effect<void, ExecuteError>
  /** As `initialise`, but that the state stays: for a program that begins once more where it is. */
  readonly reopen: Effect.Effect<void, ExecuteError>
  /**
   * Hands over one global batch. The data is copied (or read) before the effect ends, so the caller may reuse it.
   * Suspends while the infeed buffer is full; can be interrupted there. `BadBatch` when leaves, classes or lengths differ.
   */
  readonly feed: (batch: Batch) => Effect.Effect<void, ExecuteError>
  /**
   * Runs `iterations` steps, one fed batch each, waiting for batches as needed. When interrupted or told to `stop` it
   * ends at the next step boundary, also while waiting for a batch; the state is then that of a whole number of steps.
   */
  readonly run: (iterations: number) => Effect.Effect<RunResult, ExecuteError>
  /**
   * Says that no more batches will be fed: from now on a run that has used up the fed ones ends instead of waiting, so where
   * an input ends does not depend on timing. Holds until the next `initialise` or `reopen`.
   */
  readonly endInput: Effect.Effect<void>
  /** Asks a run under way to end after the step it is in. */
  readonly stop: Effect.Effect<void>
  /** Takes all finished steps' outputs, at least one, in step order; suspends until there is one. */
  readonly outfeed: Effect.Effect<ReadonlyArray<StepOutput>, ExecuteError>
  /** A copy of the state, owned by the caller. */
  readonly readState: Effect.Effect<State, ExecuteError>
  /** As `readState`, into arrays that `readState` has given: a program that saves often allocates nothing for it. */
  readonly copyState: (into: State) => Effect.Effect<void, ExecuteError>
  /** Replaces the leaves given (others keep their values); `BadState` names a leaf that is unknown or of another type. */
  readonly writeState: (state: State) => Effect.Effect<void, ExecuteError>
}

/** @category services @since 0.1.0 */
export class Device extends Context.Service<
  Device,
  {
    /** Name of the engine: `reference`, `onnx`, … */
    readonly engine: string
    /** Replicas in lock step; at least 1. */
    readonly replicas: number
    /**
     * Mixed precisions in which it is faster than in float32. In others it gives the same numbers by rounding operands, which
     * takes time instead of saving it; one that cannot even do that refuses to compile. Default: none.
     */
    readonly fastPrecisions?: ReadonlyArray<Precision>
    /** Fails with `CompileError` naming an op without a lowering; never for an op it has. */
    readonly compile: (program: Program) => Effect.Effect<Executable, CompileError | EngineUnavailable | ExecuteError, Scope.Scope>
  }
>()("effect-estimator/services/Device") {}

/**
 * Evaluates single graphs at once: what the lazy eager backend asks of an engine.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Result from "effect/Result"
import type { CompileError, ExecuteError } from "../domain/Errors.ts"
import type { Graph } from "../domain/graph/Graph.ts"
import type { TensorData } from "../domain/Tensor.ts"

/** @category models @since 0.1.0 */
export interface Statistics {
  /** Graphs that had to be compiled. */
  readonly compiled: number
  /** Evaluations of a graph that was compiled before. */
  readonly reused: number
  /** Compiled graphs that are kept now. */
  readonly kept: number
}

/**
 * An engine on which a graph without state runs in the caller's thread: parameters in, outputs out. Compiled graphs are
 * kept by the graph's hash, as many as the implementation says, and released with its scope.
 *
 * @category services
 * @since 0.1.0
 */
export class Evaluator extends Context.Service<
  Evaluator,
  {
    /** Name of the engine: `reference`, `onnx`. */
    readonly engine: string
    /**
     * `parameters` and the results are row-major, one for each parameter and output of `graph`, in its order. Parameters are
     * not kept and not written to; results may share memory with them, so neither may be written to afterwards. Collectives
     * are those of one replica. `CompileError` where the engine lacks an op or refuses the graph; `ExecuteError` with
     * `OpFailed` for a value without a meaning (an index out of range), with `Closed` once the scope is closed.
     */
    readonly evaluateSync: (
      graph: Graph,
      parameters: ReadonlyArray<TensorData>
    ) => Result.Result<ReadonlyArray<TensorData>, CompileError | ExecuteError>
    readonly statistics: () => Statistics
  }
>()("effect-estimator/services/Evaluator") {}

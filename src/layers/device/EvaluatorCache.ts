/**
 * The part that evaluators share: a light optimisation of each new graph, and the compiled ones kept by hash, the most
 * recently used ones of them.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import { type CompileError, ExecuteError } from "../../domain/Errors.ts"
import type { Graph } from "../../domain/graph/Graph.ts"
import { hash } from "../../domain/graph/print.ts"
import type { TensorData } from "../../domain/Tensor.ts"
import { foldingRules } from "../../domain/passes/constantFolding.ts"
import { matMulTransposeRules } from "../../domain/passes/matMulTranspose.ts"
import { mergeRules, type Pass, passOf } from "../../domain/passes/rebuild.ts"
import { reshapeRules } from "../../domain/passes/reshapes.ts"
import { sliceRules } from "../../domain/passes/slices.ts"
import type { Evaluator } from "../../services/Evaluator.ts"

/** A graph made ready to run. @category models @since 0.1.0 */
export interface Compiled {
  readonly run: (parameters: ReadonlyArray<TensorData>) => Result.Result<ReadonlyArray<TensorData>, ExecuteError>
  readonly release: () => void
}

/** @category models @since 0.1.0 */
export interface Options {
  /** Compiled graphs that are kept; default 512. The one unused for longest goes first. */
  readonly capacity?: number | undefined
}

/** @category models @since 0.1.0 */
export interface Cached {
  readonly evaluator: Evaluator["Service"]
  /** Releases every compiled graph; evaluations fail with `Closed` from then on. */
  readonly close: () => void
}

/** Rewrites that change no bit: eager results are looked at to find mistakes, NaNs among them. */
const light: Pass = passOf(mergeRules(foldingRules, matMulTransposeRules, reshapeRules, sliceRules))

/** Throws a `RangeError` for a capacity that is not a whole number of at least 1. @category constructors @since 0.1.0 */
export const make = (engine: string, compile: (graph: Graph) => Result.Result<Compiled, CompileError>, { capacity = 512 }: Options = {}): Cached => {
  if (!Number.isInteger(capacity) || capacity < 1) throw new RangeError(`Evaluator: expected a whole capacity of at least 1, got ${capacity}`)
  /** In the order of their last use. */
  const kept = new Map<string, Compiled>()
  const counts = { compiled: 0, reused: 0 }
  let closed = false

  const keep = (key: string, compiled: Compiled) => {
    for (const [oldest, other] of kept) {
      if (kept.size < capacity) break
      kept.delete(oldest)
      other.release()
    }
    kept.set(key, compiled)
  }

  const compiledFor = (graph: Graph): Result.Result<Compiled, CompileError> => {
    const key = hash(graph)
    const before = kept.get(key)
    if (before !== undefined) {
      counts.reused++
      kept.delete(key)
      kept.set(key, before)
      return Result.succeed(before)
    }
    return Result.map(compile(light(graph)), (compiled) => {
      counts.compiled++
      keep(key, compiled)
      return compiled
    })
  }

  return {
    evaluator: {
      engine,
      evaluateSync: (graph, parameters) =>
        closed
          ? Result.fail(new ExecuteError({ engine, reason: "Closed", detail: "the evaluator's scope is closed; evaluate before it closes" }))
          : Result.flatMap(compiledFor(graph), (compiled): ReturnType<Evaluator["Service"]["evaluateSync"]> => compiled.run(parameters)),
      statistics: () => ({ ...counts, kept: kept.size })
    },
    close: () => {
      closed = true
      for (const compiled of kept.values()) compiled.release()
      kept.clear()
    }
  }
}

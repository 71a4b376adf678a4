/**
 * `Evaluator` in plain TypeScript: the meaning of every op, anywhere JavaScript runs; slow.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import { ExecuteError } from "../../domain/Errors.ts"
import * as Evaluate from "../../domain/graph/Evaluate.ts"
import type { Graph } from "../../domain/graph/Graph.ts"
import { GraphError } from "../../domain/graph/GraphError.ts"
import { Evaluator } from "../../services/Evaluator.ts"
import * as EvaluatorCache from "./EvaluatorCache.ts"

/** @category models @since 0.1.0 */
export type Options = EvaluatorCache.Options

const engine = "reference"

const compile = (graph: Graph): Result.Result<EvaluatorCache.Compiled, never> => {
  const { run } = Evaluate.make(graph)
  return Result.succeed({
    run: (parameters) =>
      Result.try({
        try: () => run([parameters])[0]!,
        catch: (cause) => {
          if (!(cause instanceof GraphError)) throw cause
          return new ExecuteError({ engine, reason: "OpFailed", detail: cause.message, cause })
        }
      }),
    release: () => undefined
  })
}

/** Throws a `RangeError` for a capacity below 1. @category constructors @since 0.1.0 */
export const make = (options: Options = {}): Effect.Effect<Evaluator["Service"], never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => EvaluatorCache.make(engine, compile, options)),
      ({ close }) => Effect.sync(close)
    ),
    ({ evaluator }) => evaluator
  )

/** @category layers @since 0.1.0 */
export const layer = (options: Options = {}): Layer.Layer<Evaluator> => Layer.effect(Evaluator, make(options))

/**
 * Lowers for XLA with typed errors, and explains what a plugin has against a text.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { CompileError, type EngineUnavailable, type ExecuteError } from "../../../domain/Errors.ts"
import type { GraphError } from "../../../domain/graph/GraphError.ts"
import type { Program } from "../../../domain/Program.ts"
import { engine } from "./Host.ts"
import { NoRule } from "./lower.ts"
import type * as StepModule from "./stepModule.ts"

/** @category conversions @since 0.1.0 */
export const refused = ({ detail, op, source }: GraphError) =>
  new CompileError({ engine, detail, ...(op === undefined ? {} : { op }), ...(source === undefined ? {} : { source }) })

/** `CompileError` names an op without a lowering. @category constructors @since 0.1.0 */
export const lower = (
  make: typeof StepModule.make,
  program: Program,
  options: StepModule.StepOptions
): Effect.Effect<StepModule.StepModule, CompileError> =>
  Effect.try({
    try: () => make(program, options),
    catch: (error) => {
      if (!(error instanceof NoRule)) return new CompileError({ engine, detail: "the graph could not be lowered", cause: error })
      const { op, source } = error.node
      return new CompileError({ engine, op, detail: "the engine has no lowering for this op", ...(source === undefined ? {} : { source }) })
    }
  })

/**
 * What the plugin has against a text names a place in it: the op that was lowered there, and the line that made it.
 *
 * @category conversions
 * @since 0.1.0
 */
export const explain =
  (step: StepModule.StepModule) =>
  <E extends CompileError | EngineUnavailable | ExecuteError>(error: E): E | CompileError => {
    if (error._tag === "ExecuteError" && error.reason === "DeviceLost") return new CompileError({ engine, detail: error.detail })
    if (error._tag !== "CompileError") return error
    const place = /(?:^|[\s"-]):(\d+):(\d+)/.exec(error.detail)
    const node = place === null ? undefined : step.at(Number(place[1]), Number(place[2]))
    if (node === undefined) return error
    return new CompileError({ engine, op: node.op, detail: error.detail, ...(node.source === undefined ? {} : { source: node.source }) })
  }

/**
 * Explains what a plugin has against a text.
 *
 * @since 0.1.0
 */
import { CompileError, type EngineUnavailable, type ExecuteError } from "../../../domain/Errors.ts"
import { engine } from "./Host.ts"
import type * as StepModule from "./stepModule.ts"

/**
 * What the plugin has against a text names a place in it: the op that was lowered there, and the line that made it.
 *
 * @category conversions
 * @since 0.1.0
 */
export const explain =
  (step: Pick<StepModule.StepModule, "at">) =>
  <E extends CompileError | EngineUnavailable | ExecuteError>(error: E): E | CompileError => {
    if (error._tag === "ExecuteError" && error.reason === "DeviceLost") return new CompileError({ engine, detail: error.detail })
    if (error._tag !== "CompileError") return error
    const place = /(?:^|[\s"-]):(\d+):(\d+)/.exec(error.detail)
    const node = place === null ? undefined : step.at(Number(place[1]), Number(place[2]))
    if (node === undefined) return error
    return new CompileError({ engine, op: node.op, detail: error.detail, ...(node.source === undefined ? {} : { source: node.source }) })
  }

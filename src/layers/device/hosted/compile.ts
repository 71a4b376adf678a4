/**
 * How a hosted engine compiles a program: the frame around its own lowering and layout.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import { CompileError, type EngineUnavailable, type ExecuteError } from "../../../domain/Errors.ts"
import type { Program } from "../../../domain/Program.ts"
import type { Executable as DeviceExecutable } from "../../../services/Device.ts"
import { accept } from "./accept.ts"
import * as Executable from "./Executable.ts"
import * as Host from "./Host.ts"
import { NoRule } from "./NoRule.ts"
import type { HostedPlan } from "./Plan.ts"

/** What `lower` gives; `advice` says what to do about an op without a rule. @category rules @since 0.1.0 */
export const lowered = <A>(engine: string, lower: () => A, advice = ""): Result.Result<A, CompileError> =>
  Result.try({
    try: lower,
    catch: (cause) => {
      if (!(cause instanceof NoRule)) return new CompileError({ engine, detail: "the graph could not be lowered", cause })
      const { op, source } = cause.node
      const detail = `the engine has no lowering for this op${advice}`
      return new CompileError({ engine, op, detail, ...(source === undefined ? {} : { source }) })
    }
  })

/** @category models @since 0.1.0 */
export interface Engine<P extends HostedPlan> extends Host.Identity {
  readonly replicas: number
  /** Lowers a program that has been checked, and lays out its memory. */
  readonly plan: (program: Program) => Result.Result<P, CompileError | EngineUnavailable>
  readonly spawn: Host.Spawn<P>
}

/** `Device.compile` of an engine: the executable's worker lives as long as the scope. @category running @since 0.1.0 */
export const compile = <P extends HostedPlan>(own: Engine<P>) =>
  Effect.fnUntraced(function* (given: Program): Effect.fn.Return<DeviceExecutable, CompileError | EngineUnavailable | ExecuteError, Scope.Scope> {
    const { program, report: cut } = yield* Effect.fromResult(accept(own.engine, given, own.replicas))
    const plan = yield* Effect.fromResult(own.plan(program))
    const host = yield* Host.start(own, plan, own.spawn)
    yield* host.ready
    return { ...(yield* Executable.make(host, plan)), cut }
  })

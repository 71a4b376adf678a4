/**
 * Traces a program's step for its first batch and has the device compile it; nothing runs.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { type CompileError, type ConfigError, type EngineUnavailable, type ExecuteError, InputError, type TraceError } from "../domain/Errors.ts"
import type { Input } from "../domain/Input.ts"
import type { Mode } from "../domain/Program.ts"
import * as RunConfig from "../domain/RunConfig.ts"
import type { Device } from "../services/Device.ts"
import type { Infeed } from "../services/Infeed.ts"
import type { Tracer } from "../services/Tracer.ts"
import { deploy } from "./deploy.ts"
import type { Estimator } from "./Estimator.ts"
import type { Events } from "./events.ts"
import * as session from "./session.ts"

type Failure = ConfigError | TraceError | CompileError | EngineUnavailable | ExecuteError | InputError

const silent: Events = { emit: () => Effect.void, flush: Effect.void }

/** Nodes of the step; the compiled program is gone when the effect ends. @category programs @since 0.1.0 */
export const compileStep = <P, ME, MR, E, R>(
  estimator: Estimator<P, ME, MR>,
  mode: Mode,
  input: Input<E, R>
): Effect.Effect<number, Failure | E, Device | Tracer | Infeed | R> =>
  Effect.scoped(
    Effect.gen(function* () {
      const config = yield* Effect.fromResult(RunConfig.decode(estimator.config))
      const { layout, source } = yield* deploy(estimator, mode, input, config)
      const { first } = yield* session.openInput(source, undefined, config.prefetch)
      if (first === undefined) return yield* new InputError({ reason: "Empty", leaf: "", detail: "the input has no batches" })
      const batchSize = mode === "train" ? estimator.trainBatchSize : estimator.evalBatchSize
      const form = yield* session.formOf(mode, first, batchSize, layout)
      const { traced } = yield* session.compile(estimator, mode, form, config, silent)
      return traced.program.step.nodes.length
    })
  )

/**
 * Tracer for model functions written with TensorFlow.js.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { TraceError } from "../../domain/Errors.ts"
import { Tracer } from "../../services/Tracer.ts"
import { trace } from "./trace.ts"

/** @category constructors @since 0.1.0 */
export const make = Tracer.of({
  trace: (request) =>
    Effect.suspend(() => {
      try {
        return Effect.succeed(trace(request))
      } catch (error) {
        return error instanceof TraceError ? Effect.fail(error) : Effect.die(error)
      }
    })
})

/** @category layers @since 0.1.0 */
export const layer: Layer.Layer<Tracer> = Layer.succeed(Tracer, make)

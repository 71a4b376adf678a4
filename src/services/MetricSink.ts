/**
 * Receives the events of a run.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { SinkError } from "../domain/Errors.ts"
import type { RunEvent } from "../domain/Events.ts"

/** One subscriber. @category models @since 0.1.0 */
export interface Sink {
  readonly name: string
  /** Opened for the first event of each program, in its scope; what it returns is called for every event, in order, off the step path. */
  readonly open: (modelDir: string | undefined) => Effect.Effect<(event: RunEvent) => Effect.Effect<void, SinkError>, SinkError, Scope.Scope>
}

/** The sinks of a run; none by default. @category services @since 0.1.0 */
export const MetricSink = Context.Reference<ReadonlyArray<Sink>>("effect-estimator/services/MetricSink", { defaultValue: () => [] })

/** Adds a sink after those provided so far. @category layers @since 0.1.0 */
export const layerAppend = (sink: Sink): Layer.Layer<never> =>
  Layer.effect(
    MetricSink,
    Effect.map(MetricSink, (sinks) => [...sinks, sink])
  )

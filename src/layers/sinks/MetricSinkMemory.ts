/**
 * Keeps the events of a run in a `Ref`, for tests and for programs that look at them afterwards.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import type { RunEvent } from "../../domain/Events.ts"
import { layerAppend, type Sink } from "../../services/MetricSink.ts"

/** @category constructors @since 0.1.0 */
export const make = (events: Ref.Ref<ReadonlyArray<RunEvent>>): Sink => ({
  name: "memory",
  open: () => Effect.succeed((event) => Ref.update(events, (all) => [...all, event]))
})

/** @category layers @since 0.1.0 */
export const layer = (events: Ref.Ref<ReadonlyArray<RunEvent>>): Layer.Layer<never> => layerAppend(make(events))

import type * as Layer from "effect/Layer";
import * as Ref from "effect/Ref";
import type { RunEvent } from "../../domain/Events.ts";
import { type Sink } from "../../services/MetricSink.ts";
export declare const make: (events: Ref.Ref<ReadonlyArray<RunEvent>>) => Sink;
export declare const layer: (events: Ref.Ref<ReadonlyArray<RunEvent>>) => Layer.Layer<never>;

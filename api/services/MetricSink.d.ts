import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type * as Scope from "effect/Scope";
import type { SinkError } from "../domain/Errors.ts";
import type { RunEvent } from "../domain/Events.ts";
export interface Sink {
    readonly name: string;
    readonly open: (modelDir: string | undefined) => Effect.Effect<(event: RunEvent) => Effect.Effect<void, SinkError>, SinkError, Scope.Scope>;
}
export declare const MetricSink: Context.Reference<readonly Sink[]>;
export declare const layerAppend: (sink: Sink) => Layer.Layer<never>;

import type * as Layer from "effect/Layer";
import type { Params } from "../../domain/Events.ts";
import { type Sink } from "../../services/MetricSink.ts";
export interface Options {
    readonly directory?: string;
    readonly hparams?: Params;
}
export declare const make: (options?: Options) => Sink;
export declare const layer: Layer.Layer<never>;

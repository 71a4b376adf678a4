import type * as Layer from "effect/Layer";
import { type Sink } from "../../services/MetricSink.ts";
export interface Output {
    readonly isTTY?: boolean | undefined;
    readonly columns?: number | undefined;
    readonly write: (text: string) => unknown;
}
export declare const make: (output?: Output) => Sink;
export declare const layer: Layer.Layer<never>;

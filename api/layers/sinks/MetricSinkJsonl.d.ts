import type * as Layer from "effect/Layer";
import type { RunEvent } from "../../domain/Events.ts";
import { type Sink } from "../../services/MetricSink.ts";
export declare const fileName = "events.jsonl";
export declare const toLine: (event: RunEvent) => string;
export declare const make: (options?: {
    readonly file?: string;
}) => Sink;
export declare const makeWriter: (write: (text: string) => void) => Sink;
export declare const stdout: Sink;
export declare const layer: Layer.Layer<never>;

import type * as Layer from "effect/Layer";
import { type LineEvent } from "../../domain/Events.ts";
import { type Sink } from "../../services/MetricSink.ts";
export declare const fileName = "events.jsonl";
export declare const toLine: (event: LineEvent) => string;
export declare const make: (options?: {
    readonly file?: string;
}) => Sink;
export declare const makeWriter: (write: (text: string) => void) => Sink;
export declare const stdout: Sink;
export declare const layer: Layer.Layer<never>;

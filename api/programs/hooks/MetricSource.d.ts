import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import { ConfigError, SinkError } from "../../domain/Errors.ts";
import type { Sink } from "../../services/MetricSink.ts";
export interface Observation {
    readonly step: number;
    readonly value: number;
}
export type MetricSource<E = never, R = never> = Effect.Effect<ReadonlyArray<Observation>, E, R>;
export interface Evaluations {
    readonly sink: Sink;
    readonly metric: (name: string) => MetricSource<ConfigError>;
}
export declare const evaluations: () => Evaluations;
export declare const fromEventsFile: (file: string, metric: string) => MetricSource<ConfigError | SinkError, FileSystem.FileSystem>;

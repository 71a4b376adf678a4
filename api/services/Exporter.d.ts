import * as Effect from "effect/Effect";
import { type MetricChoice, type Scores } from "../domain/scores.ts";
import type { ConfigError } from "../domain/Errors.ts";
import type { CheckpointRef } from "./CheckpointStore.ts";
export interface ExportRequest {
    readonly checkpoint: CheckpointRef;
    readonly evalResult: Scores;
    readonly history: ReadonlyArray<Scores>;
    readonly isFinal: boolean;
}
export interface Exporter<E = never, R = never> {
    readonly name: string;
    readonly export: (request: ExportRequest) => Effect.Effect<void, E, R>;
}
export declare const onlyFinal: <E, R>(exporter: Exporter<E, R>) => Exporter<E, R>;
export declare const onlyBest: <E, R>(exporter: Exporter<E, R>, choice?: MetricChoice) => Exporter<E | ConfigError, R>;

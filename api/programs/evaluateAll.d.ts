import * as Effect from "effect/Effect";
import { type EstimatorError } from "../domain/Errors.ts";
import type { Input } from "../domain/Input.ts";
import { type MetricChoice } from "../domain/scores.ts";
import { type CheckpointRef } from "../services/CheckpointStore.ts";
import type { Estimator, EstimatorServices } from "./Estimator.ts";
import { type EvaluateResult } from "./evaluate.ts";
export interface EvaluateAllOptions<E, R> extends MetricChoice {
    readonly input: Input<E, R>;
    readonly steps?: number;
    readonly minStep?: number;
    readonly maxStep?: number;
}
export interface EvaluatedCheckpoint extends EvaluateResult {
    readonly checkpoint: CheckpointRef;
}
export declare const evaluateAll: <P, ME = never, MR = never, E = never, R = never>(estimator: Estimator<P, ME, MR>, options: EvaluateAllOptions<E, R>) => Effect.Effect<ReadonlyArray<EvaluatedCheckpoint>, EstimatorError | ME | E, EstimatorServices | MR | R>;

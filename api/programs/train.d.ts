import * as Effect from "effect/Effect";
import { type EstimatorError } from "../domain/Errors.ts";
import { type Input } from "../domain/Input.ts";
import { type Hook } from "../services/Hooks.ts";
import type { Estimator, EstimatorServices } from "./Estimator.ts";
export interface TrainOptions<E, R, HE = never, HR = never> {
    readonly input: Input<E, R>;
    readonly steps?: number;
    readonly maxSteps?: number;
    readonly hooks?: ReadonlyArray<Hook<HE, HR>>;
}
export interface TrainResult {
    readonly globalStep: number;
    readonly steps: number;
    readonly loss: number;
}
export declare const train: <P, E = never, R = never, HE = never, HR = never>(estimator: Estimator<P>, options: TrainOptions<E, R, HE, HR>) => Effect.Effect<TrainResult, EstimatorError | E | HE, EstimatorServices | R | HR>;

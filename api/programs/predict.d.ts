import * as Stream from "effect/Stream";
import type { EstimatorError } from "../domain/Errors.ts";
import { type Input } from "../domain/Input.ts";
import { type Tensor } from "../domain/Tensor.ts";
import type { Estimator, EstimatorServices } from "./Estimator.ts";
export interface PredictOptions<E, R> {
    readonly input: Input<E, R>;
    readonly yieldSingleExamples?: boolean;
    readonly checkpointPath?: string;
}
export type Prediction = {
    readonly [name: string]: Tensor;
};
export declare const predict: <P, E = never, R = never>(estimator: Estimator<P>, options: PredictOptions<E, R>) => Stream.Stream<Prediction, EstimatorError | E, EstimatorServices | R>;

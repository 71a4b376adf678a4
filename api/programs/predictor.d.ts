import * as Effect from "effect/Effect";
import * as Scope from "effect/Scope";
import * as Stream from "effect/Stream";
import { type EstimatorError, type PredictorTaken } from "../domain/Errors.ts";
import type { Estimator, EstimatorServices } from "./Estimator.ts";
import { type Prediction, type PredictOptions } from "./predict.ts";
export interface PredictorOptions {
    readonly patienceSecs?: number;
}
export interface Predictor<ME = never> {
    readonly predict: <E = never, R = never>(options: Omit<PredictOptions<E, R>, "hooks">) => Stream.Stream<Prediction, EstimatorError | PredictorTaken | ME | E, R>;
}
export declare const predictor: <P, ME = never, MR = never>(estimator: Estimator<P, ME, MR>, args_1?: PredictorOptions | undefined) => Effect.Effect<Predictor<ME>, never, MR | Scope.Scope | EstimatorServices>;

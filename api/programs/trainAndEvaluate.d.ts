import * as Effect from "effect/Effect";
import { type EstimatorError } from "../domain/Errors.ts";
import type { Input } from "../domain/Input.ts";
import * as scores from "../domain/scores.ts";
import type { Exporter } from "../services/Exporter.ts";
import type { Hook } from "../services/Hooks.ts";
import type { Estimator, EstimatorServices } from "./Estimator.ts";
import { type EvaluateResult } from "./evaluate.ts";
import { type TrainResult } from "./train.ts";
export interface TrainSpec<E, R, HE, HR> {
    readonly input: Input<E, R>;
    readonly maxSteps?: number;
    readonly hooks?: ReadonlyArray<Hook<HE, HR>>;
}
export interface EvalSpec<E, R, XE, XR, HE = never, HR = never> {
    readonly input: Input<E, R>;
    readonly steps?: number;
    readonly name?: string;
    readonly throttleSecs?: number;
    readonly startDelaySecs?: number;
    readonly exporters?: ReadonlyArray<Exporter<XE, XR>>;
    readonly hooks?: ReadonlyArray<Hook<HE, HR>>;
}
export interface TrainAndEvaluateOptions<E, R, HE, HR, VE, VR, XE, XR, WE = never, WR = never> {
    readonly train: TrainSpec<E, R, HE, HR>;
    readonly evaluate: EvalSpec<VE, VR, XE, XR, WE, WR>;
    readonly keepBest?: scores.MetricChoice & {
        readonly count: number;
    };
}
export interface TrainAndEvaluateResult {
    readonly train: TrainResult;
    readonly evaluation: EvaluateResult;
    readonly evaluations: ReadonlyArray<EvaluateResult>;
}
export declare const trainAndEvaluate: <P, ME = never, MR = never, E = never, R = never, HE = never, HR = never, VE = never, VR = never, XE = never, XR = never, WE = never, WR = never>(estimator: Estimator<P, ME, MR>, options: TrainAndEvaluateOptions<E, R, HE, HR, VE, VR, XE, XR, WE, WR>) => Effect.Effect<TrainAndEvaluateResult, EstimatorError | ME | E | HE | VE | XE | WE, EstimatorServices | MR | R | HR | VR | XR | WR>;

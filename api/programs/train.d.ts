import * as Effect from "effect/Effect";
import { type EstimatorError } from "../domain/Errors.ts";
import type { Input } from "../domain/Input.ts";
import { type AnyHook, type Hook, type HookError, type HookServices } from "../services/Hooks.ts";
import type { Estimator, EstimatorServices } from "./Estimator.ts";
export interface TrainOptions<E, R, HE = never, HR = never> {
    readonly input: Input<E, R>;
    readonly steps?: number;
    readonly maxSteps?: number;
    readonly hooks?: ReadonlyArray<Hook<HE, HR>>;
    readonly protect?: () => ReadonlyArray<number>;
}
export interface TrainResult {
    readonly globalStep: number;
    readonly steps: number;
    readonly loss: number;
}
export declare const train: <P, ME = never, MR = never, E = never, R = never, H extends AnyHook = Hook>(estimator: Estimator<P, ME, MR>, options: Omit<TrainOptions<E, R>, "hooks"> & {
    readonly hooks?: ReadonlyArray<H>;
}) => Effect.Effect<TrainResult, EstimatorError | ME | E | HookError<H>, EstimatorServices | MR | R | HookServices<H>>;

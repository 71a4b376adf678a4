import * as Effect from "effect/Effect";
import { type EstimatorError } from "../domain/Errors.ts";
import { type Input } from "../domain/Input.ts";
import { type AnyHook, type Hook, type HookError, type HookServices } from "../services/Hooks.ts";
import type { Estimator, EstimatorServices } from "./Estimator.ts";
import type { KeptPrograms } from "./keptPrograms.ts";
import * as session from "./session.ts";
export interface EvaluateOptions<E, R, HE = never, HR = never> {
    readonly input: Input<E, R>;
    readonly steps?: number;
    readonly checkpointPath?: string;
    readonly name?: string;
    readonly hooks?: ReadonlyArray<Hook<HE, HR>>;
}
export interface EvaluateResult {
    readonly loss: number;
    readonly globalStep: number;
    readonly examples: number;
    readonly metrics: {
        readonly [name: string]: number;
    };
}
export declare const evaluate: <P, ME = never, MR = never, E = never, R = never, H extends AnyHook = Hook>(estimator: Estimator<P, ME, MR>, options: Omit<EvaluateOptions<E, R>, "hooks"> & {
    readonly hooks?: ReadonlyArray<H>;
}) => Effect.Effect<EvaluateResult, EstimatorError | ME | E | HookError<H>, EstimatorServices | MR | R | HookServices<H>>;
export declare const evaluateKept: <P, ME, MR, E, R, HE = never, HR = never>(estimator: Estimator<P, ME, MR>, options: EvaluateOptions<E, R, HE, HR>, kept?: KeptPrograms<session.Session<ME, MR>>) => Effect.Effect<EvaluateResult, EstimatorError | ME | E | HE, EstimatorServices | MR | R | HR>;

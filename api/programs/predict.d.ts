import * as Effect from "effect/Effect";
import * as Pull from "effect/Pull";
import type * as Scope from "effect/Scope";
import * as Stream from "effect/Stream";
import type { EstimatorError } from "../domain/Errors.ts";
import { type Input } from "../domain/Input.ts";
import { type Tensor } from "../domain/Tensor.ts";
import { type AnyHook, type Hook, type HookError, type HookServices } from "../services/Hooks.ts";
import type { Estimator, EstimatorServices } from "./Estimator.ts";
import * as events from "./events.ts";
import type { KeptPrograms } from "./keptPrograms.ts";
import { type Placing } from "./placement.ts";
import * as session from "./session.ts";
export interface PredictOptions<E, R, HE = never, HR = never> {
    readonly input: Input<E, R>;
    readonly yieldSingleExamples?: boolean;
    readonly checkpointPath?: string;
    readonly hooks?: ReadonlyArray<Hook<HE, HR>>;
}
export type Prediction = {
    readonly [name: string]: Tensor;
};
export declare const predict: <P, ME = never, MR = never, E = never, R = never, H extends AnyHook = Hook>(estimator: Estimator<P, ME, MR>, options: Omit<PredictOptions<E, R>, "hooks"> & {
    readonly hooks?: ReadonlyArray<H>;
}) => Stream.Stream<Prediction, EstimatorError | ME | E | HookError<H>, EstimatorServices | MR | R | HookServices<H>>;
export declare const predictions: <E, R>(pull: Effect.Effect<Pull.Pull<readonly [Prediction], E>, E, R | Scope.Scope>, singly: boolean) => Stream.Stream<Prediction, E, Exclude<R, Scope.Scope>>;
export interface SharedByCalls<ME, MR> {
    readonly log: events.Events;
    readonly kept: KeptPrograms<session.Session<ME, MR>>;
}
type BatchPull<E> = Pull.Pull<readonly [Prediction], E>;
export declare const batchPull: <P, ME, MR, E, R, HE, HR>(estimator: Estimator<P, ME, MR>, options: PredictOptions<E, R, HE, HR>, placing: Placing, shared?: SharedByCalls<ME, MR> | undefined) => Effect.Effect<BatchPull<E | HE | ME | EstimatorError>, E | HE | ME | EstimatorError, HR | MR | R | Scope.Scope | EstimatorServices>;
export {};

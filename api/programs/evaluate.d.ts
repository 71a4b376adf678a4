import * as Effect from "effect/Effect";
import { CheckpointError, type EstimatorError, InputError } from "../domain/Errors.ts";
import { type Input } from "../domain/Input.ts";
import * as RunConfig from "../domain/RunConfig.ts";
import { CheckpointStore } from "../services/CheckpointStore.ts";
import type { Estimator, EstimatorServices } from "./Estimator.ts";
import * as drains from "./drain.ts";
import * as pumps from "./pump.ts";
import * as session from "./session.ts";
export interface EvaluateOptions<E, R> {
    readonly input: Input<E, R>;
    readonly steps?: number;
    readonly checkpointPath?: string;
    readonly name?: string;
}
export interface EvaluateResult {
    readonly loss: number;
    readonly globalStep: number;
    readonly examples: number;
    readonly metrics: {
        readonly [name: string]: number;
    };
}
export declare const evaluate: <P, E = never, R = never>(estimator: Estimator<P>, options: EvaluateOptions<E, R>) => Effect.Effect<EvaluateResult, EstimatorError | E, EstimatorServices | R>;
export declare const toRestore: (config: RunConfig.RunConfig, path: string | undefined) => Effect.Effect<session.Restored | undefined, CheckpointError, CheckpointStore>;
export declare const runAll: <E>(run: session.Session, pump: pumps.Pump<E>, limit: number, outfeed: drains.Draining<unknown>) => Effect.Effect<undefined, E | import("../domain/Errors.ts").ExecuteError | InputError, never>;

import { CheckpointError, type ConfigError } from "../../domain/Errors.ts";
import type { Hook } from "../../services/Hooks.ts";
import * as Cadence from "./Cadence.ts";
import type { MetricSource } from "./MetricSource.ts";
export interface EarlyStoppingOptions<E, R> {
    readonly source: MetricSource<E, R> | "loss";
    readonly cadence?: Cadence.Cadence;
    readonly minSteps?: number;
    readonly name?: string;
}
export declare const stopIfHigher: <E = never, R = never>(threshold: number, options: EarlyStoppingOptions<E, R>) => Hook<ConfigError | E, R>;
export declare const stopIfLower: <E = never, R = never>(threshold: number, options: EarlyStoppingOptions<E, R>) => Hook<ConfigError | E, R>;
export declare const stopIfNoIncrease: <E = never, R = never>(maxSteps: number, options: EarlyStoppingOptions<E, R>) => Hook<CheckpointError | ConfigError | E, R>;
export declare const stopIfNoDecrease: <E = never, R = never>(maxSteps: number, options: EarlyStoppingOptions<E, R>) => Hook<CheckpointError | ConfigError | E, R>;

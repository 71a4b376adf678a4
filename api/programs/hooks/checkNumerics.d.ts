import { type ConfigError, type ExecuteError, NumericsError } from "../../domain/Errors.ts";
import type { Hook } from "../../services/Hooks.ts";
import * as Cadence from "./Cadence.ts";
export interface CheckNumericsOptions {
    readonly names?: RegExp;
    readonly cadence?: Cadence.Cadence;
}
export declare const checkNumerics: (options?: CheckNumericsOptions) => Hook<ConfigError | ExecuteError | NumericsError>;

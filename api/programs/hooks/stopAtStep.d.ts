import { ConfigError } from "../../domain/Errors.ts";
import type { Hook } from "../../services/Hooks.ts";
export type StopAtStepOptions = {
    readonly numSteps: number;
    readonly lastStep?: undefined;
} | {
    readonly lastStep: number;
    readonly numSteps?: undefined;
};
export declare const stopAtStep: (options: StopAtStepOptions) => Hook<ConfigError>;

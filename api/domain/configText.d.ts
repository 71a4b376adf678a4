import * as Result from "effect/Result";
import { ConfigError } from "./Errors.ts";
import * as RunConfig from "./RunConfig.ts";
export declare const paths: ReadonlyArray<string>;
export declare const environmentPrefix = "EFFECT_ESTIMATOR_";
export declare const otherVariables: ReadonlyArray<string>;
export declare const environmentName: (path: string) => string;
export interface Entry {
    readonly name: string;
    readonly path: string | undefined;
    readonly text: string;
}
export declare const fromEntries: (entries: Iterable<Entry>, names: ReadonlyArray<string>) => Result.Result<RunConfig.RunConfigInput, ConfigError>;
export declare const fromFile: (file: string, text: string) => Result.Result<RunConfig.RunConfigInput, ConfigError>;

import * as Result from "effect/Result";
import { ConfigError } from "./Errors.ts";
import { type Program } from "./Program.ts";
export declare const tooManyBytes: number;
export declare const checkPredictionSize: (program: Program, predictions: ReadonlyArray<{
    readonly name: string;
    readonly outfeed: number;
}>, replicas: number) => Result.Result<void, ConfigError>;

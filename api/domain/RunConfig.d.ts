import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import { ConfigError } from "./Errors.ts";
export declare const RunConfig: Schema.Struct<{
    readonly modelDir: Schema.optionalKey<Schema.String>;
    readonly seed: Schema.withDecodingDefaultKey<Schema.Int, never>;
    readonly iterationsPerLoop: Schema.withDecodingDefaultKey<Schema.Int, never>;
    readonly saveCheckpointsSteps: Schema.optionalKey<Schema.Int>;
    readonly saveCheckpointsSecs: Schema.optionalKey<Schema.Int>;
    readonly keepCheckpointMax: Schema.withDecodingDefaultKey<Schema.Int, never>;
    readonly logStepCountSteps: Schema.withDecodingDefaultKey<Schema.Int, never>;
    readonly trackMean: Schema.withDecodingDefaultKey<Schema.Boolean, never>;
    readonly cachePolicy: Schema.withDecodingDefaultKey<Schema.Literals<readonly ["carry", "loop"]>, never>;
    readonly prefetch: Schema.withDecodingDefaultKey<Schema.Int, never>;
}>;
export type RunConfig = typeof RunConfig.Type;
export type RunConfigInput = typeof RunConfig.Encoded;
export declare const keys: ReadonlyArray<string>;
export declare const decode: (input: unknown) => Result.Result<RunConfig, ConfigError>;

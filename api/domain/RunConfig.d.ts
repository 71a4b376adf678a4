import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import { ConfigError } from "./Errors.ts";
import * as TpuConfig from "./TpuConfig.ts";
export declare const RunConfig: Schema.Struct<{
    readonly modelDir: Schema.optionalKey<Schema.String>;
    readonly seed: Schema.withDecodingDefaultKey<Schema.Int, never>;
    readonly iterationsPerLoop: Schema.optionalKey<Schema.Union<readonly [Schema.Int, Schema.String]>>;
    readonly saveCheckpointsSteps: Schema.optionalKey<Schema.Int>;
    readonly saveCheckpointsSecs: Schema.optionalKey<Schema.Int>;
    readonly keepCheckpointMax: Schema.withDecodingDefaultKey<Schema.Int, never>;
    readonly keepCheckpointEveryNHours: Schema.optionalKey<Schema.Finite>;
    readonly logStepCountSteps: Schema.withDecodingDefaultKey<Schema.NullOr<Schema.Int>, never>;
    readonly saveSummarySteps: Schema.withDecodingDefaultKey<Schema.NullOr<Schema.Int>, never>;
    readonly trackMean: Schema.withDecodingDefaultKey<Schema.Boolean, never>;
    readonly cachePolicy: Schema.withDecodingDefaultKey<Schema.Literals<readonly ["carry", "loop"]>, never>;
    readonly precision: Schema.withDecodingDefaultKey<Schema.Literals<readonly ["float32", "mixed_bfloat16", "mixed_float16"]>, never>;
    readonly prefetch: Schema.withDecodingDefaultKey<Schema.Int, never>;
    readonly tpu: Schema.withDecodingDefaultKey<Schema.Struct<{
        readonly iterationsPerLoop: Schema.optionalKey<Schema.Union<readonly [Schema.Int, Schema.String]>>;
        readonly numShards: Schema.optionalKey<Schema.Int>;
        readonly numCoresPerReplica: Schema.optionalKey<Schema.Literals<readonly [1, 2, 4, 8, 16, 32, 64, 128]>>;
        readonly perHostInput: Schema.withDecodingDefaultKey<Schema.Union<readonly [Schema.Literals<readonly ["PerShard", "PerHostV1", "PerHostV2", "Broadcast"]>, Schema.Boolean]>, never>;
        readonly evalTrainingInputConfiguration: Schema.withDecodingDefaultKey<Schema.Literals<readonly ["PerHostV1", "Sliced"]>, never>;
        readonly initialInfeedSleepSecs: Schema.optionalKey<Schema.Int>;
        readonly inputPartitionDims: Schema.optionalKey<Schema.$Array<Schema.Codec<TpuConfig.PartitionDims, TpuConfig.PartitionDims, never, never>>>;
    }>, never>;
}>;
export interface RunConfig extends Omit<typeof RunConfig.Type, "iterationsPerLoop" | "logStepCountSteps" | "saveSummarySteps" | "tpu"> {
    readonly iterationsPerLoop: number;
    readonly logStepCountSteps: number;
    readonly saveSummarySteps: number;
    readonly tpu: TpuConfig.TpuConfig;
}
export type RunConfigInput = typeof RunConfig.Encoded;
export declare const keys: ReadonlyArray<string>;
export declare const check: (input: unknown) => Result.Result<RunConfigInput, ConfigError>;
export declare const decode: (input: unknown) => Result.Result<RunConfig, ConfigError>;
export declare const merge: (base: RunConfigInput, over: RunConfigInput) => RunConfigInput;

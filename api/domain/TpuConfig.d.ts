import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import { ConfigError } from "./Errors.ts";
export declare const IterationsPerLoop: Schema.Union<readonly [Schema.Int, Schema.String]>;
export type IterationsPerLoop = typeof IterationsPerLoop.Type;
export declare const InputMode: Schema.Literals<readonly ["PerShard", "PerHostV1", "PerHostV2", "Broadcast"]>;
export type InputMode = typeof InputMode.Type;
export declare const EvalInputMode: Schema.Literals<readonly ["PerHostV1", "Sliced"]>;
export type EvalInputMode = typeof EvalInputMode.Type;
export type PartitionDims = ReadonlyArray<number> | null | ReadonlyArray<PartitionDims> | {
    readonly [key: string]: PartitionDims;
};
export declare const PartitionDims: Schema.Codec<PartitionDims>;
export declare const coresPerReplica: readonly [1, 2, 4, 8, 16, 32, 64, 128];
export declare const TpuConfig: Schema.Struct<{
    readonly iterationsPerLoop: Schema.optionalKey<Schema.Union<readonly [Schema.Int, Schema.String]>>;
    readonly numShards: Schema.optionalKey<Schema.Int>;
    readonly numCoresPerReplica: Schema.optionalKey<Schema.Literals<readonly [1, 2, 4, 8, 16, 32, 64, 128]>>;
    readonly perHostInput: Schema.withDecodingDefaultKey<Schema.Union<readonly [Schema.Literals<readonly ["PerShard", "PerHostV1", "PerHostV2", "Broadcast"]>, Schema.Boolean]>, never>;
    readonly evalTrainingInputConfiguration: Schema.withDecodingDefaultKey<Schema.Literals<readonly ["PerHostV1", "Sliced"]>, never>;
    readonly initialInfeedSleepSecs: Schema.optionalKey<Schema.Int>;
    readonly inputPartitionDims: Schema.optionalKey<Schema.$Array<Schema.Codec<PartitionDims, PartitionDims, never, never>>>;
}>;
export type TpuConfigInput = typeof TpuConfig.Encoded;
export interface TpuConfig {
    readonly iterationsPerLoop: IterationsPerLoop;
    readonly numShards: number | undefined;
    readonly numCoresPerReplica: number | undefined;
    readonly perHostInput: InputMode;
    readonly evalTrainingInputConfiguration: EvalInputMode;
    readonly initialInfeedSleepSecs: number | undefined;
    readonly inputPartitionDims: ReadonlyArray<PartitionDims> | undefined;
}
export declare const keys: ReadonlyArray<string>;
export declare const check: (input: unknown) => ConfigError | undefined;
export declare const defaultIterationsPerLoop = 2;
export declare const decode: (input: unknown) => Result.Result<TpuConfig, ConfigError>;
export declare const loopSeconds: (iterationsPerLoop: IterationsPerLoop) => number | undefined;

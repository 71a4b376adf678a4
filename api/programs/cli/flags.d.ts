import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { Flag } from "effect/cli";
import type { ConfigError } from "../../domain/Errors.ts";
import { type RunConfigInput } from "../../domain/RunConfig.ts";
export declare const count: (name: string, description: string) => Flag.Flag<Option.Option<number>>;
export declare const runFlags: {
    program: Flag.Flag<Option.Option<string>>;
    engine: Flag.Flag<string>;
    replicas: Flag.Flag<number>;
    modelDir: Flag.Flag<Option.Option<string>>;
    seed: Flag.Flag<Option.Option<number>>;
    iterationsPerLoop: Flag.Flag<Option.Option<string | number>>;
    set: Flag.Flag<Record<string, string>>;
    config: Flag.Flag<Option.Option<string>>;
    param: Flag.Flag<Record<string, string>>;
    tensorboard: Flag.Flag<boolean>;
    log: Flag.Flag<"console" | "jsonl">;
};
export type Overrides = {
    readonly [K in keyof RunConfigInput]?: Option.Option<NonNullable<RunConfigInput[K]>> | undefined;
};
export declare const configure: (own: {
    readonly modelDir?: string;
    readonly seed?: number;
    readonly iterationsPerLoop?: string | number;
    readonly saveCheckpointsSteps?: number;
    readonly saveCheckpointsSecs?: number;
    readonly keepCheckpointMax?: number;
    readonly keepCheckpointEveryNHours?: number;
    readonly logStepCountSteps?: number | null;
    readonly saveSummarySteps?: number | null;
    readonly trackMean?: boolean;
    readonly cachePolicy?: "carry" | "loop";
    readonly precision?: "float32" | "mixed_bfloat16" | "mixed_float16";
    readonly prefetch?: number;
    readonly tpu?: {
        readonly iterationsPerLoop?: string | number;
        readonly numShards?: number;
        readonly numCoresPerReplica?: 1 | 2 | 4 | 8 | 16 | 32 | 64 | 128;
        readonly perHostInput?: "Broadcast" | "PerHostV1" | "PerHostV2" | "PerShard" | boolean;
        readonly evalTrainingInputConfiguration?: "PerHostV1" | "Sliced";
        readonly initialInfeedSleepSecs?: number;
        readonly inputPartitionDims?: readonly import("../../domain/TpuConfig.ts").PartitionDims[];
    };
}, file: Option.Option<unknown>, flags: Overrides, set?: {
    readonly [path: string]: string;
} | undefined) => Effect.Effect<{
    readonly modelDir?: string;
    readonly seed?: number;
    readonly iterationsPerLoop?: string | number;
    readonly saveCheckpointsSteps?: number;
    readonly saveCheckpointsSecs?: number;
    readonly keepCheckpointMax?: number;
    readonly keepCheckpointEveryNHours?: number;
    readonly logStepCountSteps?: number | null;
    readonly saveSummarySteps?: number | null;
    readonly trackMean?: boolean;
    readonly cachePolicy?: "carry" | "loop";
    readonly precision?: "float32" | "mixed_bfloat16" | "mixed_float16";
    readonly prefetch?: number;
    readonly tpu?: {
        readonly iterationsPerLoop?: string | number;
        readonly numShards?: number;
        readonly numCoresPerReplica?: 1 | 2 | 4 | 8 | 16 | 32 | 64 | 128;
        readonly perHostInput?: "Broadcast" | "PerHostV1" | "PerHostV2" | "PerShard" | boolean;
        readonly evalTrainingInputConfiguration?: "PerHostV1" | "Sliced";
        readonly initialInfeedSleepSecs?: number;
        readonly inputPartitionDims?: readonly import("../../domain/TpuConfig.ts").PartitionDims[];
    };
}, ConfigError, never>;

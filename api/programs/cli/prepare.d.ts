import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as FileSystem from "effect/FileSystem";
import * as Option from "effect/Option";
import type * as Path from "effect/Path";
import { ConfigError, type EngineUnavailable } from "../../domain/Errors.ts";
import type { IterationsPerLoop } from "../../domain/TpuConfig.ts";
import * as Estimator from "../Estimator.ts";
import type { ProgramParts } from "../ProgramModule.ts";
import { type Overrides } from "./flags.ts";
export interface RunFlags {
    readonly program: Option.Option<string>;
    readonly engine: string;
    readonly replicas: number;
    readonly modelDir: Option.Option<string>;
    readonly seed: Option.Option<number>;
    readonly iterationsPerLoop: Option.Option<IterationsPerLoop>;
    readonly set: {
        readonly [path: string]: string;
    };
    readonly config: Option.Option<string>;
    readonly param: {
        readonly [name: string]: string;
    };
    readonly tensorboard: boolean;
    readonly log: "console" | "jsonl" | "none";
}
export interface Prepared {
    readonly parts: ProgramParts<unknown>;
    readonly estimator: Estimator.Estimator<unknown, unknown, FileSystem.FileSystem | Path.Path>;
    readonly layer: Layer.Layer<Estimator.EstimatorServices, EngineUnavailable>;
}
export declare const prepare: (flags: RunFlags, overrides: Overrides, checkpoint?: Option.Option<string> | undefined) => Effect.Effect<Prepared, ConfigError, FileSystem.FileSystem>;
export declare const readConfig: (file: string) => Effect.Effect<{
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
}, ConfigError, FileSystem.FileSystem>;
export declare const services: Layer.Layer<import("../../services/CheckpointStore.ts").CheckpointStore | import("../../services/Infeed.ts").Infeed | import("../../services/Outfeed.ts").Outfeed | import("../../services/Rendezvous.ts").Rendezvous | import("../../services/Tracer.ts").Tracer | import("@effect/platform-node/NodeServices").NodeServices, never, never>;

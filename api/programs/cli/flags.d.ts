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
    iterationsPerLoop: Flag.Flag<Option.Option<number>>;
    config: Flag.Flag<Option.Option<unknown>>;
    param: Flag.Flag<Record<string, string>>;
    log: Flag.Flag<"console" | "jsonl">;
};
export type Overrides = {
    readonly [K in keyof RunConfigInput]?: Option.Option<NonNullable<RunConfigInput[K]>> | undefined;
};
export declare const configure: (own: {
    readonly modelDir?: string;
    readonly seed?: number;
    readonly iterationsPerLoop?: number;
    readonly saveCheckpointsSteps?: number;
    readonly saveCheckpointsSecs?: number;
    readonly keepCheckpointMax?: number;
    readonly logStepCountSteps?: number;
    readonly trackMean?: boolean;
    readonly cachePolicy?: "carry" | "loop";
    readonly prefetch?: number;
}, file: Option.Option<unknown>, flags: Overrides) => Effect.Effect<{
    readonly modelDir?: string;
    readonly seed?: number;
    readonly iterationsPerLoop?: number;
    readonly saveCheckpointsSteps?: number;
    readonly saveCheckpointsSecs?: number;
    readonly keepCheckpointMax?: number;
    readonly logStepCountSteps?: number;
    readonly trackMean?: boolean;
    readonly cachePolicy?: "carry" | "loop";
    readonly prefetch?: number;
}, ConfigError, never>;

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
export declare const prepare: (flags: RunFlags, overrides: Overrides) => Effect.Effect<Prepared, ConfigError, FileSystem.FileSystem>;

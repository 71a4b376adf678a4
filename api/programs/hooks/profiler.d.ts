import * as FileSystem from "effect/FileSystem";
import type * as Layer from "effect/Layer";
import { ConfigError, SinkError } from "../../domain/Errors.ts";
import type { Hook } from "../../services/Hooks.ts";
import * as Cadence from "./Cadence.ts";
export interface ProfilerOptions {
    readonly directory?: string;
    readonly capacity?: number;
}
export interface Profiler extends Hook<ConfigError | SinkError, FileSystem.FileSystem> {
    readonly layer: Layer.Layer<never>;
}
export declare const profiler: (options: Cadence.Cadence & ProfilerOptions) => Profiler;

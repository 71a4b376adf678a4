import * as Effect from "effect/Effect";
import { ComputationShutdown, ConfigError } from "../../domain/Errors.ts";
import type { Hook } from "../../services/Hooks.ts";
export type GracefulShutdownMode = "shutdownWorker" | "shutdownComputation" | "off";
export interface GracefulShutdownOptions<E, R> {
    readonly lame: Effect.Effect<ReadonlyArray<string>, E, R> | undefined;
    readonly shutdown?: (workers: ReadonlyArray<string> | "all") => Effect.Effect<void, E, R>;
    readonly mode?: GracefulShutdownMode;
    readonly waitMillis?: number;
    readonly heartbeatMillis?: number;
}
export declare const modeVariable = "TF_TPU_GRACEFUL_SHUTDOWN_MODE";
export declare const gracefulShutdown: <E = never, R = never>(options: GracefulShutdownOptions<E, R>) => Hook<ComputationShutdown | ConfigError | E, R>;

import * as Context from "effect/Context";
import type * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import type { CompileError, EngineUnavailable, ExecuteError } from "../domain/Errors.ts";
import type { Precision } from "../domain/passes/mixedPrecision.ts";
import type { Report } from "../domain/passes/partition/Report.ts";
import type { Batch, Program, RunResult, State, StepOutput } from "../domain/Program.ts";
export interface Executable {
    readonly cut?: Report | undefined;
    readonly initialise: (seed: number) => Effect.Effect<void, ExecuteError>;
    readonly reopen: Effect.Effect<void, ExecuteError>;
    readonly feed: (batch: Batch) => Effect.Effect<void, ExecuteError>;
    readonly run: (iterations: number) => Effect.Effect<RunResult, ExecuteError>;
    readonly endInput: Effect.Effect<void>;
    readonly stop: Effect.Effect<void>;
    readonly outfeed: Effect.Effect<ReadonlyArray<StepOutput>, ExecuteError>;
    readonly readState: Effect.Effect<State, ExecuteError>;
    readonly copyState: (into: State) => Effect.Effect<void, ExecuteError>;
    readonly writeState: (state: State) => Effect.Effect<void, ExecuteError>;
}
declare const Device_base: Context.ServiceClass<Device, "effect-estimator/services/Device", {
    readonly engine: string;
    readonly replicas: number;
    readonly fastPrecisions?: ReadonlyArray<Precision>;
    readonly compile: (program: Program) => Effect.Effect<Executable, CompileError | EngineUnavailable | ExecuteError, Scope.Scope>;
}>;
export declare class Device extends Device_base {
}
export {};

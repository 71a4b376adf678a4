import * as Result from "effect/Result";
import { ConfigError } from "../Errors.ts";
import type { Mode } from "../Program.ts";
import * as Topology from "../Topology.ts";
import type { EvalInputMode, InputMode } from "../TpuConfig.ts";
export interface Unit {
    readonly invocation: number;
    readonly host: number;
    readonly firstReplica: number;
    readonly replicasFed: number;
}
export interface Plan {
    readonly mode: Mode;
    readonly units: ReadonlyArray<Unit>;
    readonly draws: number;
    readonly batchSize: number;
    readonly globalBatchSize: number;
    readonly broadcast: boolean;
}
export interface PlanRequest {
    readonly topology: Topology.Topology;
    readonly perHostInput: InputMode;
    readonly evalInput: EvalInputMode;
    readonly mode: Mode;
    readonly batchSize: number | undefined;
}
export declare const plan: (request: PlanRequest) => Result.Result<Plan, ConfigError>;

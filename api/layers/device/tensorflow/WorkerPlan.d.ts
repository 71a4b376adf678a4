import { type Graph } from "../../../domain/graph/Graph.ts";
import { type Program } from "../../../domain/Program.ts";
import type { Merged } from "../hosted/Merged.ts";
import { type HostedPlan } from "../hosted/Plan.ts";
import type { StepGraph } from "./stepGraph.ts";
export interface WorkerPlan extends HostedPlan {
    readonly addon: string;
    readonly step: StepGraph;
    readonly xla: boolean;
    readonly nextKey: Graph | undefined;
}
export declare const slotsFor: (program: Program, merged: Merged) => number;
export interface PlanOptions {
    readonly addon: string;
    readonly xla: boolean;
    readonly slots: number;
    readonly maxIterations: number;
}
export declare const make: (program: Program, merged: Merged, step: StepGraph, options: PlanOptions) => WorkerPlan;

import type { Graph } from "../../graph/Graph.ts";
import type { Partition } from "../../Program.ts";
import { type CutRules } from "./Cutter.ts";
import { type Report } from "./Report.ts";
export declare const cutRules: CutRules;
export interface Partitioned {
    readonly graph: Graph;
    readonly report: Report;
}
export declare const partition: (graph: Graph, partition: Partition) => Partitioned;

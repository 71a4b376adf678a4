import type { Graph, NodeId } from "../../graph/Graph.ts";
import type { OpName } from "../../graph/ops.ts";
import type { Place } from "./Cutter.ts";
export interface Report {
    readonly cores: number;
    readonly cutNodes: number;
    readonly wholeNodes: number;
    readonly wholeOps: ReadonlyMap<string, number>;
    readonly movedElements: number;
    readonly largestShare: number;
    readonly busiestShare: number;
}
export declare const literals: ReadonlySet<OpName>;
export declare const sharesOf: (graph: Graph, live: Uint8Array, computed: ReadonlyMap<NodeId, Place>, cores: number) => Pick<Report, "largestShare" | "busiestShare">;

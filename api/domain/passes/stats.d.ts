import type { Graph } from "../graph/Graph.ts";
export interface GraphStats {
    readonly nodes: number;
    readonly byOp: ReadonlyMap<string, number>;
    readonly matMulFlops: number;
    readonly literalBytes: number;
}
export declare const statsOf: (graph: Graph) => GraphStats;

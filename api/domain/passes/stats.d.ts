import type { Graph, Node } from "../graph/Graph.ts";
export interface GraphStats {
    readonly nodes: number;
    readonly byOp: ReadonlyMap<string, number>;
    readonly matMulFlops: number;
    readonly literalBytes: number;
}
export declare const multiplyAdds: (graph: Graph, node: Node) => number | undefined;
export declare const statsOf: (graph: Graph) => GraphStats;

import type { Graph } from "../graph/Graph.ts";
import type { ConvAttrs } from "../graph/ops.ts";
import { type Shape } from "../Tensor.ts";
export interface GraphStats {
    readonly nodes: number;
    readonly byOp: ReadonlyMap<string, number>;
    readonly matMulFlops: number;
    readonly literalBytes: number;
}
export declare const tapsOf: (filter: Shape, { depthwise }: ConvAttrs) => number;
export declare const statsOf: (graph: Graph) => GraphStats;

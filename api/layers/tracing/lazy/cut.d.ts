import type { Graph } from "../../../domain/graph/Graph.ts";
import type { TensorData } from "../../../domain/Tensor.ts";
import type { LazyNode } from "./LazyNode.ts";
export interface Cut {
    readonly graph: Graph;
    readonly parameters: ReadonlyArray<TensorData>;
    readonly results: ReadonlyArray<LazyNode>;
}
export declare const cut: (roots: ReadonlyArray<LazyNode>) => Cut;

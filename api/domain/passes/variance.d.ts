import type { Graph } from "../graph/Graph.ts";
export declare const replicaVariance: (graph: Graph) => ReadonlyArray<boolean>;
export declare const divergentState: (graph: Graph) => ReadonlyArray<string>;

import type { Graph } from "../../../domain/graph/Graph.ts";
export declare const graphDef: (graph: Graph) => Uint8Array;

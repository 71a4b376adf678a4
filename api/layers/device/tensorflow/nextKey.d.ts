import type { Graph } from "../../../domain/graph/Graph.ts";
export declare const nextKey: (step: Graph) => Graph | undefined;

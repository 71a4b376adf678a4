import type { Graph } from "../graph/Graph.ts";
export interface Donation {
    readonly parameter: number;
    readonly output: number;
    readonly inPlace: boolean;
}
export declare const donatable: (graph: Graph) => ReadonlyArray<Donation>;

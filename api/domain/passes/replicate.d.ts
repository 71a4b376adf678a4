import type { Graph } from "../graph/Graph.ts";
export interface ReplicaOrigin {
    readonly index: number;
    readonly replica: number | undefined;
}
export interface ReplicaMap {
    readonly parameters: ReadonlyArray<ReplicaOrigin>;
    readonly outputs: ReadonlyArray<ReplicaOrigin>;
}
export interface Replicated {
    readonly graph: Graph;
    readonly map: ReplicaMap;
}
export declare const replicaName: (name: string, replica: number) => string;
export declare const replicate: (graph: Graph, n: number) => Replicated;

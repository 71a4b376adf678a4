import type { Graph, NodeId, OutputRole, ParameterRole } from "../../../domain/graph/Graph.ts";
export interface MergedParameter {
    readonly leaf: string;
    readonly role: ParameterRole;
    readonly node: NodeId;
    readonly replica: number;
}
export interface MergedOutput {
    readonly leaf: string;
    readonly role: OutputRole;
    readonly node: NodeId;
    readonly replica: number;
    readonly predecessor: NodeId | undefined;
}
export interface Merged {
    readonly graph: Graph;
    readonly replicas: number;
    readonly parameters: ReadonlyArray<MergedParameter>;
    readonly outputs: ReadonlyArray<MergedOutput>;
    readonly divided: ReadonlySet<string>;
}
export declare const make: (step: Graph, replicas: number) => Merged;

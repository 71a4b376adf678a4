import type { Graph, NodeId } from "./Graph.ts";
export declare const dependsOn: ({ nodes }: Graph, node: NodeId, from: NodeId) => boolean;

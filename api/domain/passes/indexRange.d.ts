import type { Node, NodeId } from "../graph/Graph.ts";
export declare const indexRange: (nodeOf: (id: NodeId) => Node, id: NodeId) => readonly [least: number, greatest: number];

import { type Graph, type Node, type NodeOf } from "../../../domain/graph/Graph.ts";
import type { RandomOp } from "../../../domain/graph/ops.ts";
export type Given = NodeOf<"Parameter"> | NodeOf<RandomOp>;
export interface Draw {
    readonly op: RandomOp;
    readonly draw: number;
    readonly replica: number;
    readonly key: number;
}
export type Source = {
    readonly _tag: "Parameter";
    readonly parameter: number;
} | ({
    readonly _tag: "Draw";
} & Draw);
export declare const isGiven: (node: Node) => node is Given;
export declare const sourceOf: (graph: Graph, node: Given) => Source;

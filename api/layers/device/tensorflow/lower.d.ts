import type { Graph, Node, NodeOf } from "../../../domain/graph/Graph.ts";
import { type OpName, type RandomOp } from "../../../domain/graph/ops.ts";
import { Emitter } from "./lower/Emitter.ts";
import type { Rules } from "./lower/rule.ts";
export declare class NoRule extends Error {
    readonly node: Node;
    constructor(node: Node);
}
export type Given = NodeOf<"Parameter"> | NodeOf<RandomOp>;
export declare const rules: Rules;
export declare const opNames: ReadonlyArray<OpName>;
export declare const lower: (graph: Graph, xla: boolean, given: (e: Emitter, node: Given) => string) => Emitter;

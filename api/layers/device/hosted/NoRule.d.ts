import type { Node } from "../../../domain/graph/Graph.ts";
export declare class NoRule extends Error {
    readonly node: Node;
    constructor(node: Node);
}

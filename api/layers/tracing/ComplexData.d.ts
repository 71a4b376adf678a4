import type { NodeId } from "../../domain/graph/Graph.ts";
export interface Pair {
    readonly real: NodeId;
    readonly imaginary: NodeId;
}
export declare class ComplexData {
    readonly recording: object;
    readonly pair: Pair;
    constructor(recording: object, pair: Pair);
}

import type { Graph, Node, NodeId } from "../../../../domain/graph/Graph.ts";
import { type Shape, type TensorType } from "../../../../domain/Tensor.ts";
export interface Value {
    readonly name: string;
    readonly shape: Shape;
}
export declare abstract class Values {
    #private;
    readonly graph: Graph;
    constructor(graph: Graph);
    protected abstract repeat(value: Value, type: TensorType): string;
    at(id: NodeId): Node;
    set(id: NodeId, value: Value): void;
    has(id: NodeId): boolean;
    value(id: NodeId): Value;
    full(id: NodeId): string;
}
export declare const isSingle: (value: Value) => boolean;
export declare const whole: (name: string, node: Node) => Value;

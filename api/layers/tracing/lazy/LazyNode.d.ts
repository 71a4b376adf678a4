import type { Node } from "../../../domain/graph/Graph.ts";
import { type TensorData, type TensorType } from "../../../domain/Tensor.ts";
export interface Pending {
    readonly node: Node;
    readonly operands: ReadonlyArray<LazyNode>;
}
export declare class LazyNode {
    readonly type: TensorType;
    pending: Pending | undefined;
    value: TensorData | undefined;
    holders: number;
    readers: number;
    constructor(type: TensorType, content: TensorData | Pending);
}
export declare class PendingNodes {
    #private;
    get count(): number;
    get retainedBytes(): number;
    get held(): ReadonlyArray<LazyNode>;
    add(type: TensorType, pending: Pending): LazyNode;
    hold(node: LazyNode): void;
    release(node: LazyNode): void;
    settle(node: LazyNode, value: TensorData): void;
    reset(): void;
    drop(nodes: ReadonlyArray<LazyNode>): void;
}

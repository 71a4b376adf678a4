import type { Node, NodeOf } from "../../../../domain/graph/Graph.ts";
import type { ReduceOp } from "../../../../domain/graph/ops.ts";
import { type Shape } from "../../../../domain/Tensor.ts";
import { type Emitter, type Value } from "./Emitter.ts";
declare const reshape: (e: Emitter, node: Node) => Value;
declare const transpose: (e: Emitter, node: NodeOf<"Transpose">) => Value;
declare const barrier: (e: Emitter, node: NodeOf<"Barrier">) => Value;
declare const segmentSum: (e: Emitter, node: NodeOf<"SegmentSum">) => Value;
export declare const structureRules: {
    Constant: (e: Emitter, node: NodeOf<"Constant">) => Value;
    Fill: (e: Emitter, node: NodeOf<"Fill">) => {
        name: string;
        shape: never[];
    };
    Iota: (e: Emitter, { type, attrs: { axis } }: NodeOf<"Iota">) => {
        name: string;
        shape: number[];
    };
    Barrier: typeof barrier;
    Reshape: typeof reshape;
    Transpose: typeof transpose;
    Broadcast: (e: Emitter, node: NodeOf<"Broadcast">) => Value;
    Concat: (e: Emitter, node: NodeOf<"Concat">) => Value;
    Slice: (e: Emitter, node: NodeOf<"Slice">) => Value;
    Pad: (e: Emitter, node: NodeOf<"Pad">) => Value;
    Reverse: (e: Emitter, node: NodeOf<"Reverse">) => Value;
    Gather: (e: Emitter, node: NodeOf<"Gather">) => Value;
    SegmentSum: typeof segmentSum;
    OneHot: (e: Emitter, node: NodeOf<"OneHot">) => Value;
    ArgMax: (e: Emitter, node: NodeOf<"ArgMax"> | NodeOf<"ArgMin">) => Value;
    ArgMin: (e: Emitter, node: NodeOf<"ArgMax"> | NodeOf<"ArgMin">) => Value;
    TopKValues: (e: Emitter, node: NodeOf<"TopKValues">) => Value;
    TopKIndices: (e: Emitter, node: NodeOf<"TopKIndices">) => Value;
    CumSum: (e: Emitter, { inputs, attrs, type }: NodeOf<"CumSum">) => {
        name: string;
        shape: Shape;
    };
    ReduceSum: (e: Emitter, node: NodeOf<ReduceOp>) => Value;
    ReduceMean: (e: Emitter, node: NodeOf<ReduceOp>) => Value;
    ReduceMax: (e: Emitter, node: NodeOf<ReduceOp>) => Value;
    ReduceMin: (e: Emitter, node: NodeOf<ReduceOp>) => Value;
    ReduceProd: (e: Emitter, node: NodeOf<ReduceOp>) => Value;
    ReduceAny: (e: Emitter, node: NodeOf<ReduceOp>) => Value;
    ReduceAll: (e: Emitter, node: NodeOf<ReduceOp>) => Value;
};
export declare const leading: (shape: Shape, keep: number) => number;
export {};

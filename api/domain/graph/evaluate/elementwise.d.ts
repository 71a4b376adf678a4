import type { TensorData } from "../../Tensor.ts";
import type { BinaryOp, CompareOp, LogicalOp, PredicateOp, UnaryOp } from "../ops.ts";
type Unary = (x: TensorData, out: TensorData) => void;
type Binary = (a: TensorData, b: TensorData, out: TensorData) => void;
export declare const erf: (x: number) => number;
export declare const unaryLoops: {
    readonly [K in UnaryOp]: Unary;
};
export declare const binaryLoops: {
    readonly [K in BinaryOp]: Binary;
};
export declare const compareLoops: {
    readonly [K in CompareOp | LogicalOp]: Binary;
};
export declare const predicateLoops: {
    readonly [K in PredicateOp]: Unary;
};
export declare const select: (condition: TensorData, a: TensorData, b: TensorData, out: TensorData) => void;
export declare const cast: (x: TensorData, out: TensorData) => void;
export {};

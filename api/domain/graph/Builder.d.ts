import { type DType, type Shape, type TensorData, type TensorType } from "../Tensor.ts";
import type { Graph, Node, NodeId, OutputRole, ParameterRole, SourceLocation } from "./Graph.ts";
import { type BinaryOp, type CompareOp, type LogicalOp, type OpAttrs, type OpName, type ReduceOp, type UnaryOp } from "./ops.ts";
export interface Builder {
    readonly typeOf: (node: NodeId) => TensorType;
    readonly nodeOf: (node: NodeId) => Node;
    readonly parameter: (name: string, role: ParameterRole, type: TensorType) => NodeId;
    readonly add: <K extends Exclude<OpName, "Parameter">>(op: K, inputs: ReadonlyArray<NodeId>, attrs: OpAttrs[K], source?: SourceLocation) => NodeId;
    readonly output: (name: string, role: OutputRole, node: NodeId) => void;
    readonly build: () => Graph;
}
export declare const storedValue: (dtype: DType, value: number) => number;
export declare const make: () => Builder;
export declare const fill: (b: Builder, type: TensorType, value: number, source?: SourceLocation) => NodeId;
export declare const scalar: (b: Builder, dtype: DType, value: number, source?: SourceLocation) => NodeId;
export declare const broadcastTo: (b: Builder, x: NodeId, shape: Shape, source?: SourceLocation) => NodeId;
export declare const reshape: (b: Builder, x: NodeId, shape: Shape, source?: SourceLocation) => NodeId;
export declare const cast: (b: Builder, x: NodeId, dtype: DType, source?: SourceLocation) => NodeId;
export declare const transpose: (b: Builder, x: NodeId, perm: ReadonlyArray<number>, source?: SourceLocation) => NodeId;
export declare const unary: (b: Builder, op: UnaryOp, x: NodeId, source?: SourceLocation) => NodeId;
export declare const broadcastShapes: (a: Shape, b: Shape) => Shape | undefined;
export declare const binary: (b: Builder, op: BinaryOp | CompareOp | LogicalOp, x: NodeId, y: NodeId, source?: SourceLocation) => NodeId;
export declare const select: (b: Builder, condition: NodeId, x: NodeId, y: NodeId, source?: SourceLocation) => NodeId;
export declare const reduce: (b: Builder, op: ReduceOp, x: NodeId, axes: ReadonlyArray<number>, keepDims?: boolean, source?: SourceLocation) => NodeId;
export declare const matMul: (b: Builder, x: NodeId, y: NodeId, { transposeA, transposeB, exact }?: {
    readonly transposeA?: boolean;
    readonly transposeB?: boolean;
    readonly exact?: boolean;
}, source?: SourceLocation) => NodeId;
export declare const constant: (b: Builder, data: TensorData, shape: Shape, source?: SourceLocation) => NodeId;

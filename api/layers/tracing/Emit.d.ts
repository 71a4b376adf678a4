import type * as tf from "@tensorflow/tfjs-core";
import * as Builder from "../../domain/graph/Builder.ts";
import type { NodeId, SourceLocation } from "../../domain/graph/Graph.ts";
import type { BinaryOp, CompareOp, LogicalOp, OpAttrs, OpName, ReduceOp, UnaryOp } from "../../domain/graph/ops.ts";
import { type DType, type Shape, type TensorData, type TensorType } from "../../domain/Tensor.ts";
export declare const wider: (a: DType, b: DType) => DType;
export declare const normalAxes: (axis: number | ReadonlyArray<number> | null | undefined, rank: number) => Array<number>;
export interface Target {
    readonly builder: Builder.Builder;
    readonly replicas: number;
    readonly randomKey: NodeId;
    readonly nodeOf: (x: tf.TensorInfo, kernel: string, source: SourceLocation | undefined) => NodeId;
}
export declare class Emit {
    readonly recording: Target;
    readonly kernel: string;
    readonly source: SourceLocation | undefined;
    constructor(recording: Target, kernel: string, source: SourceLocation | undefined);
    of(x: tf.TensorInfo): NodeId;
    type(node: NodeId): TensorType;
    shape(node: NodeId): Shape;
    dtype(node: NodeId): DType;
    add<K extends Exclude<OpName, "Parameter">>(op: K, inputs: ReadonlyArray<NodeId>, attrs: OpAttrs[K]): NodeId;
    cast(x: NodeId, dtype: DType): NodeId;
    float(x: NodeId): NodeId;
    numeric(x: NodeId): NodeId;
    unary(op: UnaryOp, x: NodeId): NodeId;
    arithmetic(op: BinaryOp, a: NodeId, b: NodeId): NodeId;
    compare(op: CompareOp, a: NodeId, b: NodeId): NodeId;
    logical(op: LogicalOp, a: NodeId, b: NodeId): NodeId;
    add2(a: NodeId, b: NodeId): NodeId;
    sub(a: NodeId, b: NodeId): NodeId;
    mul(a: NodeId, b: NodeId): NodeId;
    div(a: NodeId, b: NodeId): NodeId;
    select(condition: NodeId, a: NodeId, b: NodeId): NodeId;
    scalar(dtype: DType, value: number): NodeId;
    like(x: NodeId, value: number): NodeId;
    fill(type: TensorType, value: number): NodeId;
    constant(data: TensorData, shape: Shape): NodeId;
    reshape(x: NodeId, shape: Shape): NodeId;
    transpose(x: NodeId, perm: ReadonlyArray<number>): NodeId;
    broadcast(x: NodeId, shape: Shape): NodeId;
    reduce(op: ReduceOp, x: NodeId, axes: ReadonlyArray<number>, keepDims?: boolean): NodeId;
    slice(x: NodeId, begin: ReadonlyArray<number>, size: ReadonlyArray<number>, strides?: ReadonlyArray<number>): NodeId;
    sliceAxis(x: NodeId, axis: number, begin: number, size: number): NodeId;
    concat(xs: ReadonlyArray<NodeId>, axis: number): NodeId;
    matMul(a: NodeId, b: NodeId, { transposeA, transposeB, exact }?: {
        exact?: boolean | undefined;
        transposeA?: boolean | undefined;
        transposeB?: boolean | undefined;
    }): NodeId;
    size(x: NodeId): number;
}

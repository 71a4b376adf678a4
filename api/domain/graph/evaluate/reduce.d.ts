import { type Shape, type Tensor, type TensorData } from "../../Tensor.ts";
import type { OpAttrs, ReduceOp } from "../ops.ts";
export declare const reduce: (op: ReduceOp, { data, dtype, shape }: Tensor, axes: ReadonlyArray<number>) => TensorData;
export declare const aroundAxis: (shape: Shape, axis: number) => readonly [outer: number, along: number, inner: number];
export declare const argExtreme: (greatest: boolean, { data, shape }: Tensor, axis: number) => Int32Array;
export declare const cumSum: ({ data, dtype, shape }: Tensor, { axis, exclusive, reverse }: OpAttrs["CumSum"]) => TensorData;
export declare const softmax: ({ data, shape }: Tensor, logarithm: boolean) => Float32Array;

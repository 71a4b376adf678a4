import { type DType, type Shape, type Tensor, type TensorData, type TensorType } from "../../Tensor.ts";
import type { OpAttrs } from "../ops.ts";
export declare class ValueRefusal extends Error {
}
export declare const iota: (dtype: DType, shape: Shape, axis: number) => TensorData;
export declare const slice: ({ data, dtype, shape }: Tensor, { begin, size, strides }: OpAttrs["Slice"]) => TensorData;
export declare const pad: ({ data, dtype, shape }: Tensor, { paddings, value }: OpAttrs["Pad"], type: TensorType) => TensorData;
export declare const reverse: ({ data, dtype, shape }: Tensor, axes: ReadonlyArray<number>) => TensorData;
export declare const concat: (inputs: ReadonlyArray<Tensor>, axis: number, type: TensorType) => TensorData;
export declare const gather: (x: Tensor, indices: Tensor, axis: number, type: TensorType) => TensorData;
export declare const segmentSum: (x: Tensor, ids: Tensor, numSegments: number) => TensorData;
export declare const oneHot: (indices: Tensor, { depth, onValue, offValue, dtype }: OpAttrs["OneHot"]) => TensorData;

import { type Tensor, type TensorData } from "../../Tensor.ts";
export declare const topKIndices: ({ data, shape }: Tensor, k: number) => Int32Array;
export declare const topKValues: (x: Tensor, k: number) => TensorData;

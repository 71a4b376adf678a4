import { type Shape, type TensorData } from "../../Tensor.ts";
export interface View {
    readonly data: TensorData;
    readonly offset: number;
    readonly strides: ReadonlyArray<number>;
}
export declare const whole: (data: TensorData, shape: Shape) => View;
export declare const stridedCopy: (from: View, to: View, shape: Shape) => void;
export declare const transpose: (x: TensorData, shape: Shape, perm: ReadonlyArray<number>, out: TensorData) => void;
export declare const broadcast: (x: TensorData, shape: Shape, to: Shape, out: TensorData) => void;

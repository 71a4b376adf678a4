import { type Shape, type Tensor } from "../../Tensor.ts";
import type { ConvAttrs, PoolAttrs } from "../ops.ts";
interface Window {
    readonly size: readonly [number, number];
    readonly strides: readonly [number, number];
    readonly dilations: readonly [number, number];
    readonly before: readonly [number, number];
}
export declare const convWindow: (filter: Shape, { strides, dilations, padding }: ConvAttrs) => Window;
export declare const forEachTap: (image: Shape, outH: number, outW: number, { size, strides, dilations, before }: Window, visit: (position: number, tap: number, offset: number) => void) => void;
export declare const conv2d: (x: Tensor, filter: Tensor, attrs: ConvAttrs, shape: Shape) => Float32Array;
export declare const conv2dBackpropInput: (dy: Tensor, filter: Tensor, attrs: ConvAttrs, inputShape: Shape) => Float32Array;
export declare const conv2dBackpropFilter: (x: Tensor, dy: Tensor, attrs: ConvAttrs, filterShape: Shape) => Float32Array;
export declare const maxPool: (x: Tensor, attrs: PoolAttrs, shape: Shape) => Float32Array;
export declare const maxPoolGrad: (dy: Tensor, x: Tensor, attrs: PoolAttrs) => Float32Array;
export declare const avgPool: (x: Tensor, attrs: PoolAttrs, shape: Shape) => Float32Array;
export declare const avgPoolGrad: (dy: Tensor, attrs: PoolAttrs, inputShape: Shape) => Float32Array;
export {};

import { type TensorType } from "../Tensor.ts";
import type { ConvAttrs, OpAttrs, PoolAttrs } from "./ops.ts";
type Inputs = ReadonlyArray<TensorType>;
export declare const windowPositions: (extent: number, window: number, stride: number, [before, after]: readonly [number, number], dilation?: number) => number;
declare const pool: (inputs: Inputs, attrs: PoolAttrs) => TensorType;
export declare const windowTypeRules: {
    readonly Conv2D: (inputs: Inputs, attrs: ConvAttrs) => TensorType;
    readonly Conv2DBackpropInput: (inputs: Inputs, attrs: OpAttrs["Conv2DBackpropInput"]) => TensorType;
    readonly Conv2DBackpropFilter: (inputs: Inputs, attrs: OpAttrs["Conv2DBackpropFilter"]) => TensorType;
    readonly MaxPool: typeof pool;
    readonly MaxPoolGrad: (inputs: Inputs, attrs: PoolAttrs) => TensorType;
    readonly AvgPool: typeof pool;
    readonly AvgPoolGrad: (inputs: Inputs, attrs: OpAttrs["AvgPoolGrad"]) => TensorType;
};
export {};

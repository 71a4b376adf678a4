import { type TensorType } from "../Tensor.ts";
import type { OpAttrs } from "./ops.ts";
type Inputs = ReadonlyArray<TensorType>;
declare const argument: (inputs: Inputs, { axis }: {
    readonly axis: number;
}) => TensorType;
declare const gather: (inputs: Inputs, { axis }: OpAttrs["Gather"]) => TensorType;
declare const segmentSum: (inputs: Inputs, { numSegments }: OpAttrs["SegmentSum"]) => TensorType;
export declare const indexTypeRules: {
    readonly Gather: typeof gather;
    readonly SegmentSum: typeof segmentSum;
    readonly OneHot: (inputs: Inputs, { depth, dtype }: OpAttrs["OneHot"]) => TensorType;
    readonly ArgMax: typeof argument;
    readonly ArgMin: typeof argument;
    readonly TopKValues: (inputs: Inputs, attrs: OpAttrs["TopKValues"]) => TensorType;
    readonly TopKIndices: (inputs: Inputs, attrs: OpAttrs["TopKIndices"]) => TensorType;
};
export {};

import type { ConvAttrs } from "../../../../domain/graph/ops.ts";
import type { Shape } from "../../../../domain/Tensor.ts";
import type { Emitter } from "./Emitter.ts";
export declare const depthwise: (e: Emitter, x: string, filter: string, filterShape: Shape, attrs: ConvAttrs, result: Shape) => string;
export declare const depthwiseBackpropInput: (e: Emitter, [dyShape, filterShape]: readonly [Shape, Shape], dy: string, filter: string, attrs: ConvAttrs & {
    readonly inputShape: Shape;
}) => string;
export declare const depthwiseBackpropFilter: (e: Emitter, [image, dyShape]: readonly [Shape, Shape], x: string, dy: string, attrs: ConvAttrs & {
    readonly filterShape: Shape;
}) => string;

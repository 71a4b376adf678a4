import { type Shape, type Tensor } from "../../Tensor.ts";
import type { ConvAttrs } from "../ops.ts";
export declare const depthwise: ({ data: x, shape: image }: Tensor, { data: w, shape: filter }: Tensor, attrs: ConvAttrs, result: Shape) => Float32Array;
export declare const depthwiseBackpropInput: ({ data: dy, shape: result }: Tensor, { data: w, shape: filter }: Tensor, attrs: ConvAttrs, image: Shape) => Float32Array;
export declare const depthwiseBackpropFilter: ({ data: x, shape: image }: Tensor, { data: dy, shape: result }: Tensor, attrs: ConvAttrs, filter: Shape) => Float32Array;

import { type Tensor } from "../../domain/Tensor.ts";
import type { BundleTensor } from "./bundle.ts";
export declare const fromHalf: (half: number) => number;
export declare const fromBfloat16: (bits: number) => number;
export declare const valueOf: (tensor: BundleTensor) => Tensor | string;

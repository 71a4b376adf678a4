import type { DType, Shape } from "../../../../domain/Tensor.ts";
export type ElementType = DType | "uint8" | "uint32" | "uint64" | "float64" | "bfloat16";
export declare const typeText: (type: ElementType, shape: Shape) => string;
export declare const literalText: (type: ElementType, value: number) => string;
export declare const bytesText: (data: ArrayBufferView) => string;

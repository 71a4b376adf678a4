import type { StateLeaf } from "./Program.ts";
import type { TensorData } from "./Tensor.ts";
export declare const mayBreak: ({ kind, type }: StateLeaf) => boolean;
export declare const firstBroken: (data: TensorData, from: number, to: number, infinities: boolean) => number;

import type { ConvAttrs, Padding2d } from "../../../../domain/graph/ops.ts";
import type { Shape } from "../../../../domain/Tensor.ts";
import type { Emitter } from "./Emitter.ts";
interface Padded {
    readonly padding: Padding2d;
}
export declare const isDilated: ({ dilations }: ConvAttrs) => boolean;
export declare const spreadShape: ([h, w, i, o]: Shape, { dilations }: ConvAttrs) => Shape;
export declare const spread: (e: Emitter, filter: string, shape: Shape, attrs: ConvAttrs) => string;
export declare const around: (e: Emitter, x: string, { padding }: Padded, value: number) => string;
export declare const paddedShape: ([n, h, w, c]: Shape, { padding: [rows, columns] }: Padded) => Shape;
export declare const inside: (e: Emitter, x: string, shape: Shape, { padding }: Padded) => string;
export {};

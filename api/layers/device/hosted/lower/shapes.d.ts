import type { NodeOf } from "../../../../domain/graph/Graph.ts";
import { type Shape } from "../../../../domain/Tensor.ts";
import type { Values } from "./Values.ts";
export declare const leading: (shape: Shape, keep: number) => number;
export declare const stacked: (shape: Shape) => Shape;
export declare const isOneProduct: (e: Values, { attrs, inputs, type }: NodeOf<"MatMul">) => boolean;
export interface Transposition {
    readonly from: Shape;
    readonly to: Shape;
    readonly moves: boolean;
}
export declare const transposition: (shape: Shape, perm: ReadonlyArray<number>) => Transposition;
export declare const covered: (extent: number, positions: number, window: number, stride: number, before: number) => ReadonlyArray<number>;

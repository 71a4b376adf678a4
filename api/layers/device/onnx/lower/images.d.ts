import type { NodeId } from "../../../../domain/graph/Graph.ts";
import type { ConvAttrs, Padding2d } from "../../../../domain/graph/ops.ts";
import type { Shape } from "../../../../domain/Tensor.ts";
import type { Emitter } from "./Emitter.ts";
export type Extents = readonly [number, number, number, number];
export declare const toChannelsFirst: number[];
export declare const toChannelsLast: number[];
export declare const extents: (shape: Shape) => Extents;
export declare const padsOf: ([[top, bottom], [left, right]]: Padding2d) => number[];
export declare const convAttributes: ({ strides, padding, dilations }: ConvAttrs) => {
    strides: readonly [number, number];
    dilations: readonly [number, number];
    pads: number[];
};
export declare const both: <A>(of: (axis: 0 | 1) => A) => readonly [A, A];
interface Windows {
    readonly strides: readonly [number, number];
    readonly padding: Padding2d;
}
export declare const outputPadding: (image: Shape, gradient: Shape, reach: readonly [number, number], { padding, strides }: Windows) => readonly [number, number];
export declare const reachOf: (filter: Extents, { dilations }: ConvAttrs) => readonly [number, number];
export declare const operandExtents: (e: Emitter, node: {
    readonly inputs: ReadonlyArray<NodeId>;
}) => [Extents, Extents];
export declare const strided: (e: Emitter, x: string, axis: number, extent: number, from: number, count: number, stride: number) => string;
export declare const padded: (e: Emitter, x: string, padding: Padding2d) => string;
export declare const count: (n: number) => number[];
export declare const concat: (e: Emitter, parts: ReadonlyArray<string>, axis: number) => string;
export {};

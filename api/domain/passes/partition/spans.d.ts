import type { ConvAttrs, PoolAttrs } from "../../graph/ops.ts";
import type { Shape } from "../../Tensor.ts";
export interface Axis {
    readonly extent: number;
    readonly positions: number;
    readonly reach: number;
    readonly stride: number;
    readonly padding: readonly [before: number, after: number];
}
export interface Span {
    readonly start: number;
    readonly length: number;
    readonly padding: readonly [before: number, after: number];
    readonly first: number;
    readonly count: number;
}
export declare const axesOf: (image: Shape, result: Shape, window: Shape, attrs: Pick<ConvAttrs, "strides" | "padding"> | PoolAttrs, dilations?: readonly [number, number]) => readonly [Axis, Axis];
export declare const touches: ({ padding, reach }: Axis) => boolean;
export declare const wholeSpan: ({ extent, padding, positions }: Axis) => Span;
export declare const spanOf: (axis: Axis, first: number, count: number) => Span;
export declare const spanOver: (axis: Axis, start: number, length: number) => Span | undefined;
export declare const positionSizes: (axis: Axis, parts: ReadonlyArray<number>) => ReadonlyArray<number>;
export declare const elementSizes: (axis: Axis, parts: ReadonlyArray<number>) => ReadonlyArray<number>;

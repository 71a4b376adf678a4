import { type Shape } from "../../Tensor.ts";
export interface Layout {
    readonly sizes: ReadonlyArray<ReadonlyArray<number>>;
    readonly cores: ReadonlyArray<number>;
}
export interface Block {
    readonly start: ReadonlyArray<number>;
    readonly shape: Shape;
}
export interface Tile extends Block {
    readonly at: ReadonlyArray<number>;
    readonly core: number;
}
export declare const make: (sizes: Layout["sizes"], cores: ReadonlyArray<number>) => Layout | undefined;
export declare const ofDims: (shape: Shape, dims: ReadonlyArray<number>) => Layout | undefined;
export declare const tilesOf: ({ cores, sizes }: Layout) => ReadonlyArray<Tile>;
export declare const indexOf: ({ sizes }: Layout, at: ReadonlyArray<number>) => number;
export declare const isCut: ({ sizes }: Layout, axis: number) => boolean;
export declare const cutAxes: (layout: Layout) => ReadonlyArray<number>;
export declare const same: (a: Layout | undefined, b: Layout | undefined) => boolean;
export type AxisSpec = {
    readonly from: number;
    readonly sizes?: ReadonlyArray<number>;
} | {
    readonly size: number;
};
export declare const arrange: (layout: Layout, specs: ReadonlyArray<AxisSpec>) => Layout | undefined;
export declare const join: (layout: Layout, axes: ReadonlyArray<number>) => Layout | undefined;
export declare const mirror: (layout: Layout, axes: ReadonlyArray<number>) => Layout;
export declare const groups: (layout: Layout, axes: ReadonlyArray<number>) => ReadonlyArray<ReadonlyArray<Tile>>;
export declare const edges: (parts: ReadonlyArray<number>) => ReadonlyArray<number>;

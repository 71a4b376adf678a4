import { type Shape } from "../../domain/Tensor.ts";
export interface Slice {
    readonly begin: ReadonlyArray<number>;
    readonly shape: Shape;
}
export interface SliceKey {
    readonly name: string;
    readonly extents: ReadonlyArray<{
        readonly begin: number;
        readonly length: number;
    }>;
}
export declare const isSliceKey: (key: Uint8Array) => boolean;
export declare const readSliceKey: (key: Uint8Array) => SliceKey;
export declare const placeOf: ({ extents, name }: SliceKey, whole: Shape) => Slice;
export declare const checkCover: (name: string, whole: Shape, parts: ReadonlyArray<Slice>) => void;
export declare const eachRun: ({ begin, shape }: Slice, whole: Shape, copy: (from: number, to: number, length: number) => void) => void;

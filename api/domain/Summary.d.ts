import type { RunEvent } from "./Events.ts";
import type { State } from "./Program.ts";
import { type Tensor } from "./Tensor.ts";
export interface Histogram {
    readonly min: number;
    readonly max: number;
    readonly count: number;
    readonly sum: number;
    readonly sumSquares: number;
    readonly limits: ReadonlyArray<number>;
    readonly counts: ReadonlyArray<number>;
    readonly notFinite: number;
}
export interface Image {
    readonly height: number;
    readonly width: number;
    readonly channels: 1 | 3 | 4;
    readonly pixels: Uint8Array;
}
export type Summary = {
    readonly _tag: "Scalar";
    readonly name: string;
    readonly value: number;
} | {
    readonly _tag: "Histogram";
    readonly name: string;
    readonly histogram: Histogram;
} | {
    readonly _tag: "Image";
    readonly name: string;
    readonly images: ReadonlyArray<Image>;
} | {
    readonly _tag: "Text";
    readonly name: string;
    readonly texts: ReadonlyArray<string>;
};
export declare const scalar: (name: string, value: number | Tensor) => Summary;
export declare const histogramOf: (data: ArrayLike<number>, buckets?: number) => Histogram;
export declare const histogram: (name: string, values: Tensor | ArrayLike<number>, options?: {
    readonly buckets?: number;
}) => Summary;
export declare const histograms: (state: State, names?: RegExp) => ReadonlyArray<Summary>;
export declare const text: (name: string, markdown: string | ReadonlyArray<string>) => Summary;
export declare const imageFault: ({ dtype, shape }: Pick<Tensor, "dtype" | "shape">) => string | undefined;
export declare const image: (name: string, tensor: Tensor, options?: {
    readonly maxOutputs?: number;
}) => Summary;
export declare const toEvent: (step: number, summaries: ReadonlyArray<Summary>) => Extract<RunEvent, {
    readonly event: "summary";
}>;

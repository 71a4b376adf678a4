import type { Shape } from "../Tensor.ts";
import { type Affine, type Three } from "./affine.ts";
export interface Elements {
    readonly shape: Shape;
    readonly values: ArrayLike<number>;
    readonly integer: boolean;
}
export type Growth = {
    readonly _tag: "Lines";
    readonly lines: ReadonlyArray<Affine>;
    readonly scalar: boolean;
} | {
    readonly _tag: "Counting";
    readonly start: Affine;
    readonly step: number;
    readonly length: Affine;
    readonly axis: number;
    readonly rank: number;
} | {
    readonly _tag: "Splat";
    readonly value: number;
    readonly shape: ReadonlyArray<Affine>;
};
export declare const growthOf: (sizes: Three<number>, three: Three<Elements>) => Growth | undefined;
export declare const sameElements: (a: Elements, b: Elements) => boolean;
export declare const advice = "It could not be written as a function of the batch's size: let predictions treat each row by itself, or export for one size with batchSize";

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
export declare const advice = "Predictions must treat each row by itself; or export for one batch size with batchSize";

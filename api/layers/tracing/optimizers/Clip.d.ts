import type { Gradients } from "./Gradients.ts";
export type GradientTransform = (gradients: Gradients) => Gradients;
export declare const byValue: (low: number, high: number) => GradientTransform;
export declare const byNorm: (max: number) => GradientTransform;
export declare const byGlobalNorm: (max: number) => GradientTransform;
export declare const all: (...transforms: ReadonlyArray<GradientTransform>) => GradientTransform;

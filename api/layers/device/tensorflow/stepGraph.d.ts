import { type Program } from "../../../domain/Program.ts";
import type { Shape } from "../../../domain/Tensor.ts";
import type { Merged } from "../hosted/Merged.ts";
import { type Draw as NumberedDraw } from "../hosted/sources.ts";
import { type Variable } from "./graphNodes.ts";
export interface Draw extends Omit<NumberedDraw, "key"> {
    readonly shape: Shape;
}
export interface StepGraph {
    readonly savedModel: Uint8Array<ArrayBuffer>;
    readonly batches: ReadonlyArray<number>;
    readonly draws: ReadonlyArray<Draw>;
    readonly variables: ReadonlyArray<Variable>;
    readonly outfeeds: ReadonlyArray<number>;
    readonly hasLoss: boolean;
    readonly key: number | undefined;
    readonly failures: ReadonlyArray<string>;
}
export interface StepOptions {
    readonly xla: boolean;
}
export declare const make: (program: Program, merged: Merged, options: StepOptions) => StepGraph;

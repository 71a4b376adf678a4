import * as Effect from "effect/Effect";
import { type BatchSpec } from "../domain/batching.ts";
import { type Program, type StepOutput } from "../domain/Program.ts";
import type { Tensor, TensorData } from "../domain/Tensor.ts";
import type { Traced } from "../services/Tracer.ts";
export interface OutfeedRef {
    readonly name: string;
    readonly outfeed: number;
}
export declare const reader: (program: Program, refs: ReadonlyArray<OutfeedRef>, spec: BatchSpec) => (outfeed: ReadonlyArray<TensorData>, rows: number) => {
    readonly [name: string]: Tensor;
};
export declare const hostCaller: (traced: Traced, spec: BatchSpec) => ((output: StepOutput, rows: number, step: number) => Effect.Effect<void>);

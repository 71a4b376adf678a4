import * as Effect from "effect/Effect";
import { type BatchSpec, type ValidRows } from "../domain/batching.ts";
import { HostFunctionError } from "../domain/Errors.ts";
import { type Program, type StepOutput } from "../domain/Program.ts";
import type { Tensor, TensorData } from "../domain/Tensor.ts";
import type { Traced } from "../services/Tracer.ts";
export interface OutfeedRef {
    readonly name: string;
    readonly outfeed: number;
}
export declare const reader: (program: Program, refs: ReadonlyArray<OutfeedRef>, spec: BatchSpec) => (outfeed: ReadonlyArray<TensorData>, rows: ValidRows) => {
    readonly [name: string]: Tensor;
};
export declare const attempt: <A>(name: string, step: number, f: () => A) => Effect.Effect<A, HostFunctionError>;
export declare const hostCaller: (traced: Traced, spec: BatchSpec) => ((output: StepOutput, rows: ValidRows, step: number) => Effect.Effect<void, HostFunctionError>);

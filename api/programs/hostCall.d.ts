import * as Effect from "effect/Effect";
import { type BatchSpec, type ValidRows } from "../domain/batching.ts";
import { HostFunctionError, type SinkError } from "../domain/Errors.ts";
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
export declare const attempt: <A, E, R>(name: string, step: number, f: () => A | Effect.Effect<A, E, R>) => Effect.Effect<A, HostFunctionError | E, R>;
export declare const hostCaller: <E, R>(traced: Traced<E, R>, spec: BatchSpec) => ((output: StepOutput, rows: ValidRows, step: number) => Effect.Effect<unknown, HostFunctionError | SinkError | E, R>);
export type OutputHandler = (output: StepOutput, rows: ValidRows, step: number) => Effect.Effect<void, SinkError>;
export declare const summaryCaller: (traced: Traced<unknown, unknown>, spec: BatchSpec, everySteps: number) => OutputHandler | undefined;

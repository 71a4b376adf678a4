import * as Result from "effect/Result";
import { InputError } from "./Errors.ts";
import type { Example } from "./Input.ts";
import type { Nest } from "./Model.ts";
import type { Batch } from "./Program.ts";
import { type Tensor, type TensorData, type TensorType } from "./Tensor.ts";
export interface BatchSpec {
    readonly leaves: ReadonlyArray<{
        readonly name: string;
        readonly type: TensorType;
    }>;
    readonly batchSize: number;
    readonly replicas: number;
    readonly features: Nest<TensorType>;
    readonly labels: Nest<TensorType> | undefined;
    readonly tokensPerExample: number;
    readonly allValid: Float32Array;
}
export interface PreparedBatch {
    readonly data: Batch;
    readonly valid: number;
}
export declare const specOf: (first: Example, replicas: number, configuredSize?: number) => Result.Result<BatchSpec, InputError>;
export declare const prepare: (spec: BatchSpec, example: Example, batch: number, pad: boolean) => Result.Result<PreparedBatch, InputError>;
export declare const firstRows: (data: TensorData, type: TensorType, spec: BatchSpec, rows: number) => Tensor;

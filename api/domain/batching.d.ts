import * as Result from "effect/Result";
import { InputError } from "./Errors.ts";
import type { Example } from "./Input.ts";
import type { Nest } from "./Model.ts";
import * as nest from "./nest.ts";
import type { Batch } from "./Program.ts";
import type { PartitionDims } from "./TpuConfig.ts";
import { type Tensor, type TensorData, type TensorType } from "./Tensor.ts";
export interface BatchLayout {
    readonly broadcast?: boolean;
    readonly batchAxis?: ReadonlyArray<number> | undefined;
    readonly partition?: {
        readonly dims: ReadonlyArray<PartitionDims>;
        readonly cores: number;
    } | undefined;
    readonly roundUp?: boolean | undefined;
}
export interface BatchSpec {
    readonly leaves: ReadonlyArray<{
        readonly name: string;
        readonly type: TensorType;
    }>;
    readonly batchSize: number;
    readonly replicas: number;
    readonly rowsPerReplica: number;
    readonly broadcast: boolean;
    readonly axes: ReadonlyArray<number>;
    readonly features: Nest<TensorType>;
    readonly labels: Nest<TensorType> | undefined;
    readonly tokensPerExample: number;
    readonly allValid: Float32Array;
}
export type ValidRows = number | Int32Array;
export declare const countOf: (rows: ValidRows) => number;
export declare const countOfReplica: (rows: ValidRows, { broadcast, rowsPerReplica }: BatchSpec, replica: number) => number;
export interface PreparedBatch {
    readonly data: Batch;
    readonly valid: ValidRows;
}
export declare const leavesOf: (example: Example) => ReadonlyArray<nest.NamedLeaf<Tensor>>;
export declare const rowsOf: (leaves: ReadonlyArray<nest.NamedLeaf<Tensor>>, batch: number, axes?: ReadonlyArray<number> | undefined) => Result.Result<number, InputError>;
export declare const specOf: (first: Example, replicas: number, configuredSize?: number, layout?: BatchLayout) => Result.Result<BatchSpec, InputError>;
export declare const concatenate: (parts: ReadonlyArray<Tensor | undefined>, type: TensorType, axis: number, partRows: number) => Tensor;
export declare const prepare: (spec: BatchSpec, example: Example, batch: number, pad: boolean, mask?: Float32Array) => Result.Result<PreparedBatch, InputError>;
export declare const firstRows: (data: TensorData, type: TensorType, spec: BatchSpec, rows: ValidRows) => Tensor;

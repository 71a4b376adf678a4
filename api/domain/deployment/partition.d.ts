import * as Result from "effect/Result";
import { ConfigError } from "../Errors.ts";
import type { Nest } from "../Model.ts";
import type { Partition } from "../Program.ts";
import { type Shape, type Tensor, type TensorType } from "../Tensor.ts";
export type Dims = ReadonlyArray<number> | null;
export interface Block {
    readonly start: ReadonlyArray<number>;
    readonly shape: Shape;
}
export declare const splitSizes: (extent: number, count: number) => ReadonlyArray<number>;
export declare const blocksOf: (shape: Shape, dims: ReadonlyArray<number>) => ReadonlyArray<Block>;
export declare const split: (tensor: Tensor, dims: Dims, cores: number) => ReadonlyArray<Tensor>;
export declare const join: (parts: ReadonlyArray<Tensor>, type: TensorType, dims: Dims) => Tensor;
export declare const checkDims: (name: string, type: TensorType, dims: Dims, cores: number) => ConfigError | undefined;
export interface Partitioned {
    readonly name: string;
    readonly type: TensorType;
    readonly dims: Dims;
}
type Partitions = Result.Result<ReadonlyArray<Partitioned>, ConfigError>;
export declare const match: (features: Nest<TensorType>, labels: Nest<TensorType> | undefined, given: ReadonlyArray<Nest<Dims>>, cores: number) => Partitions;
export declare const partitionOf: (leaves: ReadonlyArray<Partitioned>, cores: number) => Partition | undefined;
export {};

import type * as Result from "effect/Result";
import { type DType, type Tensor } from "../../domain/Tensor.ts";
import { Fault } from "./Fault.ts";
type Quantized = "uint8" | "uint16" | "float16";
export interface WeightSpec {
    readonly name: string;
    readonly dtype: DType;
    readonly shape: ReadonlyArray<number>;
    readonly quantization: {
        readonly dtype: Quantized;
        readonly scale: number;
        readonly min: number;
    } | undefined;
    readonly ofOptimizer: boolean;
}
export interface WeightGroup {
    readonly paths: ReadonlyArray<string>;
    readonly weights: ReadonlyArray<WeightSpec>;
    readonly bytes: number;
}
export interface Manifest {
    readonly json: unknown;
    readonly groups: ReadonlyArray<WeightGroup>;
}
export declare const manifestOf: (text: string) => Result.Result<Manifest, Fault>;
export declare const decode: (group: WeightGroup, bytes: Uint8Array) => ReadonlyArray<readonly [name: string, value: Tensor]>;
export {};

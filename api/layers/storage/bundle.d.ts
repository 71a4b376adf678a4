import * as Result from "effect/Result";
import type { Shape } from "../../domain/Tensor.ts";
import { Fault } from "./Fault.ts";
declare const dtypes: {
    readonly float32: readonly [1, 4];
    readonly float64: readonly [2, 8];
    readonly int32: readonly [3, 4];
    readonly uint8: readonly [4, 1];
    readonly string: readonly [7, 0];
    readonly int64: readonly [9, 8];
    readonly bool: readonly [10, 1];
    readonly bfloat16: readonly [14, 2];
    readonly float16: readonly [19, 2];
};
export type BundleDType = keyof typeof dtypes;
export type BundleTensor = {
    readonly dtype: Exclude<BundleDType, "string">;
    readonly shape: Shape;
    readonly bytes: Uint8Array;
} | {
    readonly dtype: "string";
    readonly shape: Shape;
    readonly strings: ReadonlyArray<Uint8Array>;
};
export interface BundleEntry {
    readonly name: string;
    readonly dtype: BundleDType;
    readonly shape: Shape;
    readonly shard: number;
    readonly offset: number;
    readonly size: number;
    readonly crc: number;
}
export interface BundleIndex {
    readonly shards: number;
    readonly entries: ReadonlyArray<BundleEntry>;
}
export declare const sameTensor: (a: BundleTensor, b: BundleTensor) => boolean;
export declare const indexFile: (prefix: string) => string;
export declare const dataFile: (prefix: string, shard?: number, shards?: number) => string;
export declare const sortedNames: (names: Iterable<string>) => ReadonlyArray<string>;
export declare const writeIndex: (index: BundleIndex) => Uint8Array<ArrayBuffer>;
export declare const readIndex: (bytes: Uint8Array) => Result.Result<BundleIndex, Fault>;
export interface Payload {
    readonly parts: ReadonlyArray<Uint8Array>;
    readonly size: number;
    readonly crc: number | undefined;
}
export declare const payloadOf: (tensor: BundleTensor) => Payload;
export declare const readTensor: (entry: BundleEntry, bytes: Uint8Array) => Result.Result<BundleTensor, Fault>;
export {};

import * as Result from "effect/Result";
import type { Shape } from "../../domain/Tensor.ts";
import { type Slice } from "./slices.ts";
import { Fault } from "./Fault.ts";
declare const dtypes: {
    readonly float32: readonly [1, 4];
    readonly float64: readonly [2, 8];
    readonly int32: readonly [3, 4];
    readonly uint8: readonly [4, 1];
    readonly int16: readonly [5, 2];
    readonly int8: readonly [6, 1];
    readonly string: readonly [7, 0];
    readonly complex64: readonly [8, 8];
    readonly int64: readonly [9, 8];
    readonly bool: readonly [10, 1];
    readonly qint8: readonly [11, 1];
    readonly quint8: readonly [12, 1];
    readonly qint32: readonly [13, 4];
    readonly bfloat16: readonly [14, 2];
    readonly qint16: readonly [15, 2];
    readonly quint16: readonly [16, 2];
    readonly uint16: readonly [17, 2];
    readonly complex128: readonly [18, 16];
    readonly float16: readonly [19, 2];
    readonly uint32: readonly [22, 4];
    readonly uint64: readonly [23, 8];
    readonly float8_e5m2: readonly [24, 1];
    readonly float8_e4m3fn: readonly [25, 1];
    readonly int4: readonly [29, 1];
    readonly uint4: readonly [30, 1];
};
export type BundleDType = keyof typeof dtypes;
export declare const elementBytes: (dtype: BundleDType) => number;
export type BundleTensor = {
    readonly dtype: Exclude<BundleDType, "string">;
    readonly shape: Shape;
    readonly bytes: Uint8Array;
} | {
    readonly dtype: "string";
    readonly shape: Shape;
    readonly strings: ReadonlyArray<Uint8Array>;
};
export interface Partitioned {
    readonly dtype: BundleDType;
    readonly shape: Shape;
}
export interface BundleEntry {
    readonly name: string;
    readonly dtype: BundleDType;
    readonly shape: Shape;
    readonly shard: number;
    readonly offset: number;
    readonly size: number;
    readonly crc: number;
    readonly slice?: Slice;
}
export interface BundleIndex {
    readonly shards: number;
    readonly entries: ReadonlyArray<BundleEntry>;
    readonly partitioned: ReadonlyMap<string, Partitioned>;
}
export declare const sameTensor: (a: BundleTensor, b: BundleTensor) => boolean;
export declare const indexFile: (prefix: string) => string;
export declare const dataFile: (prefix: string, shard?: number, shards?: number) => string;
export declare const sortedNames: (names: Iterable<string>) => ReadonlyArray<string>;
export declare const writeIndex: (index: Pick<BundleIndex, "shards" | "entries">) => Uint8Array<ArrayBuffer>;
export declare const readIndex: (bytes: Uint8Array) => Result.Result<BundleIndex, Fault>;
export {};

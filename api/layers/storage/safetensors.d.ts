import type * as Result from "effect/Result";
import { type Shape } from "../../domain/Tensor.ts";
import { type BundleDType } from "./bundle.ts";
import { Fault } from "./Fault.ts";
export interface SafetensorsEntry {
    readonly name: string;
    readonly dtype: Exclude<BundleDType, "string">;
    readonly shape: Shape;
    readonly offset: number;
    readonly size: number;
}
export interface SafetensorsHeader {
    readonly entries: ReadonlyArray<SafetensorsEntry>;
    readonly metadata: ReadonlyMap<string, string>;
}
export declare const lengthSize = 8;
export declare const headerLength: (bytes: Uint8Array, fileSize: number) => Result.Result<number, Fault>;
export declare const readHeader: (header: Uint8Array, fileSize: number) => Result.Result<SafetensorsHeader, Fault>;
export declare const writeHeader: (tensors: ReadonlyArray<{
    readonly name: string;
    readonly dtype: Exclude<BundleDType, "string">;
    readonly shape: Shape;
}>, metadata: {
    readonly [name: string]: string;
}) => Uint8Array;

import type * as Result from "effect/Result";
import { Fault } from "./Fault.ts";
export interface TableEntry {
    readonly key: Uint8Array;
    readonly value: Uint8Array;
}
export declare const compareKeys: (a: Uint8Array, b: Uint8Array) => number;
export declare const writeTable: (entries: ReadonlyArray<TableEntry>, blockSize?: number) => Uint8Array<ArrayBuffer>;
export declare const readTable: (bytes: Uint8Array) => Result.Result<ReadonlyArray<TableEntry>, Fault>;

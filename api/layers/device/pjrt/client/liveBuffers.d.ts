import type { Module } from "./hlo.ts";
export interface Temporary {
    readonly opcode: string;
    readonly type: string;
    readonly bytes: number;
    readonly line: number;
}
export interface Buffers {
    readonly arguments: ReadonlyArray<number>;
    readonly results: ReadonlyArray<number>;
    readonly temporaries: ReadonlyArray<Temporary>;
    readonly temporaryBytes: number;
}
export declare const buffersOf: (module: Module, kept: number) => Buffers;

import type { Koffi } from "../client/Native.ts";
export declare class SharedMemoryError extends Error {
    constructor(message: string, cause?: unknown);
}
export interface Mapping {
    readonly address: bigint;
    readonly bytes: number;
    readonly view: (offset: number, bytes: number) => ArrayBuffer;
    readonly discard: () => void;
    readonly unmap: () => void;
}
export declare const make: (koffi: Koffi, bytes: number) => {
    readonly mapping: Mapping;
    readonly file: number;
};
export declare const open: (koffi: Koffi, process: number, file: number, bytes: number) => Mapping;

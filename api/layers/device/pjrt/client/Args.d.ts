import type { Koffi } from "./Native.ts";
export declare class Args {
    readonly words: BigUint64Array;
    readonly address: bigint;
    constructor(koffi: Koffi, words: number, bytes?: number);
    get(word: number): bigint;
    set(word: number, value: bigint | number): this;
    flag(word: number): boolean;
    int(word: number): number;
    number(word: number): number;
}
export interface Bytes {
    readonly address: bigint;
    readonly length: number;
    readonly held: Uint8Array;
}
export declare const bytesOf: (koffi: Koffi, value: string | Uint8Array) => Bytes;
export declare const textAt: (koffi: Koffi, address: bigint, length: number) => string;
export declare const wordsAt: (koffi: Koffi, address: bigint, count: number) => BigUint64Array;

import type { Koffi } from "./Native.ts";
export type Value = string | number | boolean | ReadonlyArray<number>;
export type NamedValues = {
    readonly [name: string]: Value;
};
export interface Encoded {
    readonly address: bigint;
    readonly count: number;
    readonly held: ReadonlyArray<unknown>;
}
export declare const encode: (koffi: Koffi, values: NamedValues) => Encoded;
export declare const decode: (koffi: Koffi, address: bigint, count: number) => NamedValues;

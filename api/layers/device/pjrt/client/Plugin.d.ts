import { type FunctionName } from "./abi.ts";
import { Args } from "./Args.ts";
import { type Koffi } from "./Native.ts";
import { type NamedValues } from "./namedValues.ts";
export declare class PjrtError extends Error {
    readonly code: string;
    constructor(code: string, message: string);
}
export declare class PluginError extends Error {
    constructor(message: string, cause?: unknown);
}
export interface Prepared {
    readonly args: Args;
    readonly call: () => void;
}
export declare class Plugin {
    #private;
    readonly koffi: Koffi;
    readonly api: bigint;
    readonly version: {
        readonly major: number;
        readonly minor: number;
    };
    held: unknown;
    constructor(koffi: Koffi, api: bigint);
    has(name: FunctionName): boolean;
    prepare(name: FunctionName, fields: ReadonlyArray<bigint | number>): Prepared;
    call(name: FunctionName, fields: ReadonlyArray<bigint | number>, ...held: ReadonlyArray<unknown>): Args;
    text(name: FunctionName, handle: bigint): string;
    get attributes(): NamedValues;
}
export declare const checkVersion: ({ version }: Plugin, file: string) => void;
export declare const open: (koffi: Koffi, file: string) => Plugin;

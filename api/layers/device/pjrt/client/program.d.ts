import { type NamedValues } from "./namedValues.ts";
import type { Plugin } from "./Plugin.ts";
export interface ProgramMemory {
    readonly code: number;
    readonly arguments: number;
    readonly results: number;
    readonly aliased: number;
    readonly temporary: number;
    readonly peak: number;
}
export declare const memoryOf: (plugin: Plugin, program: bigint) => ProgramMemory;
export declare const costOf: (plugin: Plugin, program: bigint) => NamedValues;
export declare const optimizedOf: (plugin: Plugin, program: bigint) => Uint8Array;
export declare const serialize: (plugin: Plugin, program: bigint) => Uint8Array;

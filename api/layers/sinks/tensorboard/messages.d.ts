import type { Summary } from "../../../domain/Summary.ts";
export declare const fileVersion: (seconds: number) => Uint8Array;
export declare const sessionStart: (seconds: number, step: number) => Uint8Array;
export declare const sessionCheckpoint: (seconds: number, step: number, path: string) => Uint8Array;
export declare const graph: (seconds: number, graphDef: Uint8Array) => Uint8Array;
export declare const summaries: (seconds: number, step: number, all: ReadonlyArray<Summary>) => Uint8Array | undefined;
export declare const hparamsStart: (seconds: number, group: string, settings: {
    readonly [name: string]: number | string | boolean;
}) => Uint8Array;
export declare const hparamsEnd: (seconds: number, success: boolean) => Uint8Array;

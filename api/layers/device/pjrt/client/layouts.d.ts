import { Args, type Bytes } from "./Args.ts";
import type { Plugin } from "./Plugin.ts";
export interface Layout {
    readonly address: bigint;
    readonly held: ReadonlyArray<unknown>;
}
export declare const makeLayout: (plugin: Plugin, rank: number) => Layout;
export declare const programOf: (plugin: Plugin, code: Bytes, format: Bytes) => Args;

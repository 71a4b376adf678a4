import type { NamedValues } from "./client/namedValues.ts";
import type { PluginName } from "./pins.ts";
export interface Target {
    readonly platform: PluginName;
    readonly name: string;
    readonly topology: string;
    readonly description: NamedValues;
    readonly devices: number;
    readonly memoryBytes: number | undefined;
}
export declare const expected: string;
export declare const targetOf: (text: string) => Target | undefined;

import { type CachePlace, type Wheel } from "../hosted/install/tools.ts";
export type PluginName = "cpu" | "cuda" | "tpu";
export declare const pluginNames: ReadonlyArray<PluginName>;
export interface Pin extends Wheel {
    readonly version: string;
    readonly library: string;
    readonly licence: string;
}
export declare const pins: {
    readonly [K in PluginName]: Pin;
};
export declare const cacheFolder: (name: PluginName, place: CachePlace) => string;

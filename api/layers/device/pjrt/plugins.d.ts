import * as Result from "effect/Result";
import { EngineUnavailable } from "../../../domain/Errors.ts";
import { type PluginName } from "./pins.ts";
export type Platform = PluginName | "other";
export interface Found {
    readonly platform: Platform;
    readonly file: string;
    readonly origin: string;
}
export interface Surroundings {
    readonly env: {
        readonly [name: string]: string | undefined;
    };
    readonly home: string;
    readonly packages: ReadonlyArray<string>;
}
export declare const here: () => Surroundings;
export declare const platformOf: (file: string) => Platform;
export declare const named: (name: PluginName, surroundings: Surroundings) => ReadonlyArray<Found>;
export declare const locate: (asked: string | undefined, surroundings?: Surroundings) => Result.Result<Found, EngineUnavailable>;

import * as Result from "effect/Result";
import { EngineUnavailable } from "../../../../domain/Errors.ts";
export interface Located {
    readonly addon: string;
    readonly origin: string;
}
export type Locate = () => Result.Result<Located, EngineUnavailable>;
export interface Surroundings {
    readonly env: {
        readonly [name: string]: string | undefined;
    };
    readonly home: string;
    readonly from: ReadonlyArray<string>;
}
export declare const here: () => Surroundings;
export declare const addonName = "tfjs_binding.node";
export declare const cacheFolder: (surroundings: Surroundings) => string;
export declare const locateIn: (surroundings: Surroundings) => Result.Result<Located, EngineUnavailable>;
export declare const locate: Locate;
export declare const installedVersion: (folder: string) => string | undefined;

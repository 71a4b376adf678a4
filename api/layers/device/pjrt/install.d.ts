import * as Effect from "effect/Effect";
import type { EngineUnavailable } from "../../../domain/Errors.ts";
import { type PluginName } from "./pins.ts";
export interface InstallOptions {
    readonly name: PluginName;
    readonly wheel?: string | undefined;
    readonly force?: boolean | undefined;
    readonly report: (line: string) => void;
}
export declare const install: (options: InstallOptions) => Effect.Effect<readonly string[], EngineUnavailable, never>;

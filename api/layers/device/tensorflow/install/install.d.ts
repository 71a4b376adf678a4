import * as Effect from "effect/Effect";
import type { EngineUnavailable } from "../../../../domain/Errors.ts";
import { type Located } from "./locate.ts";
export interface InstallOptions {
    readonly wheel?: string | undefined;
    readonly force?: boolean | undefined;
    readonly report: (line: string) => void;
}
export declare const install: (args_0: InstallOptions) => Effect.Effect<Located, EngineUnavailable, never>;

import * as Effect from "effect/Effect";
import { EngineUnavailable } from "../../../../domain/Errors.ts";
export interface CommandOptions {
    readonly engine: string;
    readonly cwd?: string | undefined;
    readonly env?: {
        readonly [name: string]: string;
    } | undefined;
    readonly remedy: string;
}
export declare const run: (program: string, args: ReadonlyArray<string>, { cwd, engine, env, remedy }: CommandOptions) => Effect.Effect<string, EngineUnavailable>;

import * as Result from "effect/Result";
import { CheckpointError, ConfigError } from "./Errors.ts";
import type { State, StateLeaf } from "./Program.ts";
export interface WarmStart {
    readonly from: string;
    readonly variables?: RegExp | ReadonlyArray<string | RegExp>;
    readonly rename?: ((name: string) => string) | {
        readonly [name: string]: string;
    };
}
export declare const isLayersModel: (from: string) => boolean;
export declare const select: (settings: WarmStart, leaves: ReadonlyArray<StateLeaf>, file: string, saved: State) => Result.Result<State, ConfigError | CheckpointError>;

import * as Result from "effect/Result";
import { CheckpointError, ConfigError } from "./Errors.ts";
import type { State, StateLeaf } from "./Program.ts";
import { type NameRule } from "./NameRules.ts";
export interface WarmStart {
    readonly from: string;
    readonly variables?: RegExp | ReadonlyArray<string | RegExp>;
    readonly rename?: ((name: string) => string) | {
        readonly [name: string]: string;
    } | ReadonlyArray<NameRule>;
    readonly slots?: boolean | RegExp;
}
export interface StoredValues {
    readonly state: State;
    readonly others: ReadonlyMap<string, string>;
}
export declare const isLayersModel: (from: string) => boolean;
export declare const isSafetensors: (from: string) => boolean;
export declare const isFile: (from: string) => boolean;
export declare const select: (settings: WarmStart, leaves: ReadonlyArray<StateLeaf>, file: string, stored: StoredValues) => Result.Result<State, ConfigError | CheckpointError>;

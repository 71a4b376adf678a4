import type * as Result from "effect/Result";
import { Fault } from "./Fault.ts";
export interface CheckpointState {
    readonly latest: string;
    readonly all: ReadonlyArray<string>;
    readonly millis?: ReadonlyArray<number> | undefined;
    readonly preservedMillis?: number | undefined;
}
export declare const printState: (state: CheckpointState) => string;
export declare const parseState: (content: string) => Result.Result<CheckpointState, Fault>;

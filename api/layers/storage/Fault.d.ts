import * as Result from "effect/Result";
import type { CheckpointError } from "../../domain/Errors.ts";
export declare class Fault extends Error {
    readonly reason: CheckpointError["reason"];
    readonly tensor: string | undefined;
    constructor(reason: CheckpointError["reason"], detail: string, tensor?: string);
}
export declare const parsing: <A>(parse: () => A) => Result.Result<A, Fault>;

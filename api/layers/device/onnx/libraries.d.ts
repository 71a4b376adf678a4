import * as Result from "effect/Result";
import { EngineUnavailable } from "../../../domain/Errors.ts";
export type Resolve = (specifier: string) => string;
export declare const resolveHere: Resolve;
export interface Libraries {
    readonly koffi: string;
    readonly library: string;
}
export declare const find: (resolve: Resolve) => Result.Result<Libraries, EngineUnavailable>;

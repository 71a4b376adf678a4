import * as Result from "effect/Result";
import { InputError } from "../Errors.ts";
import type { Example } from "../Input.ts";
export type Part = Example | undefined;
export interface CombineOptions {
    readonly partRows: number;
    readonly batchAxis: ReadonlyArray<number> | undefined;
    readonly pad: boolean;
    readonly nameOf: (part: number) => string;
}
export interface Combined {
    readonly example: Example;
    readonly valid: Float32Array | undefined;
}
export declare const combine: (parts: ReadonlyArray<Part>, batch: number, options: CombineOptions) => Result.Result<Combined, InputError>;

import type { InputError } from "../../domain/Errors.ts";
import { type Example, type InputSource } from "../../domain/Input.ts";
import { type Repeat } from "./positions.ts";
export interface FromArraysOptions {
    readonly batchSize: number;
    readonly shuffle?: number;
    readonly repeat?: Repeat;
    readonly dropRemainder?: boolean;
}
export declare const fromArrays: (data: Example, options: FromArraysOptions) => InputSource<InputError>;

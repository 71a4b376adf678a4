import type { InputError } from "../../domain/Errors.ts";
import { type InputSource } from "../../domain/Input.ts";
import { type Repeat } from "./positions.ts";
export interface FromTokensOptions {
    readonly batchSize: number;
    readonly sequenceLength: number;
    readonly repeat?: Repeat;
    readonly remainder?: "drop" | "pad";
}
export declare const fromTokens: (tokens: Int32Array, options: FromTokensOptions) => InputSource<InputError>;

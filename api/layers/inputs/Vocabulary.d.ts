import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import { InputError } from "../../domain/Errors.ts";
export declare const Data: Schema.Struct<{
    readonly characters: Schema.$Array<Schema.String>;
}>;
export type Data = typeof Data.Type;
export interface Vocabulary extends Data {
    readonly size: number;
    readonly unknown: number;
    readonly encode: (text: string) => Int32Array;
    readonly encodeStrict: (text: string) => Result.Result<Int32Array, InputError>;
    readonly decode: (tokens: Iterable<number>) => string;
    readonly toJSON: () => Data;
}
export declare const fromJson: ({ characters }: Data) => Vocabulary;
export declare const fromText: (text: string) => Vocabulary;

import type * as Schema from "effect/Schema";
import { InputError } from "../../domain/Errors.ts";
import type { Example, InputSource } from "../../domain/Input.ts";
import { type RecordOptions, type RowServices } from "./records.ts";
export interface FromCsvOptions extends RecordOptions {
    readonly delimiter?: string;
}
export declare const fromCsv: <S extends Schema.Constraint>(path: string, schema: S, toExample: (value: S["Type"]) => Example, options: FromCsvOptions) => InputSource<InputError, RowServices<S>>;

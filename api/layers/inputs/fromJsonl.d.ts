import type * as Schema from "effect/Schema";
import type { InputError } from "../../domain/Errors.ts";
import type { Example, InputSource } from "../../domain/Input.ts";
import { type RecordOptions, type RowServices } from "./records.ts";
export declare const fromJsonl: <S extends Schema.Constraint>(path: string, schema: S, toExample: (value: S["Type"]) => Example, options: RecordOptions) => InputSource<InputError, RowServices<S>>;

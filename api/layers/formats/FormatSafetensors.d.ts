import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Path from "effect/Path";
import * as Schema from "effect/Schema";
import { ExportError } from "../../domain/Errors.ts";
import type { ModelFormat } from "../../services/ModelFormat.ts";
export declare const Description: Schema.Struct<{
    readonly format: Schema.Literal<"effect-estimator">;
    readonly version: Schema.Literal<1>;
    readonly step: Schema.Number;
    readonly inputs: Schema.$Array<Schema.Struct<{
        readonly name: Schema.String;
        readonly kind: Schema.Literals<readonly ["feature", "cache", "prediction"]>;
        readonly dtype: Schema.Literals<readonly ["float32", "int32", "bool"]>;
        readonly shape: Schema.$Array<Schema.Number>;
    }>>;
    readonly outputs: Schema.$Array<Schema.Struct<{
        readonly name: Schema.String;
        readonly kind: Schema.Literals<readonly ["feature", "cache", "prediction"]>;
        readonly dtype: Schema.Literals<readonly ["float32", "int32", "bool"]>;
        readonly shape: Schema.$Array<Schema.Number>;
    }>>;
    readonly signatures: Schema.$Array<Schema.Struct<{
        readonly name: Schema.String;
        readonly kind: Schema.Literals<readonly ["classification", "regression", "predict"]>;
        readonly outputs: Schema.$Array<Schema.Struct<{
            readonly key: Schema.String;
            readonly port: Schema.String;
        }>>;
    }>>;
}>;
export type Description = typeof Description.Type;
export declare const describe: (directory: string) => Effect.Effect<{
    readonly format: "effect-estimator";
    readonly version: 1;
    readonly step: number;
    readonly inputs: readonly {
        readonly name: string;
        readonly kind: "cache" | "feature" | "prediction";
        readonly dtype: "bool" | "float32" | "int32";
        readonly shape: readonly number[];
    }[];
    readonly outputs: readonly {
        readonly name: string;
        readonly kind: "cache" | "feature" | "prediction";
        readonly dtype: "bool" | "float32" | "int32";
        readonly shape: readonly number[];
    }[];
    readonly signatures: readonly {
        readonly name: string;
        readonly kind: "classification" | "predict" | "regression";
        readonly outputs: readonly {
            readonly key: string;
            readonly port: string;
        }[];
    }[];
}, ExportError, FileSystem.FileSystem | Path.Path>;
export declare const make: () => ModelFormat;

import * as Schema from "effect/Schema";
export declare const folder: readonly ["assets.extra", "stablehlo"];
export declare const manifestFile = "manifest.json";
export declare const Port: Schema.Struct<{
    readonly name: Schema.String;
    readonly kind: Schema.Literals<readonly ["variable", "feature", "cache", "prediction", "check"]>;
    readonly dtype: Schema.Literals<readonly ["float32", "int32", "bool"]>;
    readonly shape: Schema.$Array<Schema.Natural>;
}>;
export type Port = typeof Port.Type;
export declare const SignatureEntry: Schema.Struct<{
    readonly name: Schema.String;
    readonly kind: Schema.Literals<readonly ["classification", "regression", "predict"]>;
    readonly file: Schema.String;
    readonly sha256: Schema.String;
    readonly arguments: Schema.$Array<Schema.Struct<{
        readonly name: Schema.String;
        readonly kind: Schema.Literals<readonly ["variable", "feature", "cache", "prediction", "check"]>;
        readonly dtype: Schema.Literals<readonly ["float32", "int32", "bool"]>;
        readonly shape: Schema.$Array<Schema.Natural>;
    }>>;
    readonly results: Schema.$Array<Schema.Struct<{
        readonly name: Schema.String;
        readonly kind: Schema.Literals<readonly ["variable", "feature", "cache", "prediction", "check"]>;
        readonly dtype: Schema.Literals<readonly ["float32", "int32", "bool"]>;
        readonly shape: Schema.$Array<Schema.Natural>;
    }>>;
    readonly checks: Schema.$Array<Schema.String>;
}>;
export type SignatureEntry = typeof SignatureEntry.Type;
export declare const Manifest: Schema.Struct<{
    readonly format: Schema.Literal<"effect-estimator/stablehlo">;
    readonly version: Schema.Literal<1>;
    readonly stablehlo: Schema.String;
    readonly step: Schema.Natural;
    readonly batchSize: Schema.Natural;
    readonly signatures: Schema.$Array<Schema.Struct<{
        readonly name: Schema.String;
        readonly kind: Schema.Literals<readonly ["classification", "regression", "predict"]>;
        readonly file: Schema.String;
        readonly sha256: Schema.String;
        readonly arguments: Schema.$Array<Schema.Struct<{
            readonly name: Schema.String;
            readonly kind: Schema.Literals<readonly ["variable", "feature", "cache", "prediction", "check"]>;
            readonly dtype: Schema.Literals<readonly ["float32", "int32", "bool"]>;
            readonly shape: Schema.$Array<Schema.Natural>;
        }>>;
        readonly results: Schema.$Array<Schema.Struct<{
            readonly name: Schema.String;
            readonly kind: Schema.Literals<readonly ["variable", "feature", "cache", "prediction", "check"]>;
            readonly dtype: Schema.Literals<readonly ["float32", "int32", "bool"]>;
            readonly shape: Schema.$Array<Schema.Natural>;
        }>>;
        readonly checks: Schema.$Array<Schema.String>;
    }>>;
}>;
export type Manifest = typeof Manifest.Type;
export declare const manifestText: Schema.fromJsonString<Schema.Struct<{
    readonly format: Schema.Literal<"effect-estimator/stablehlo">;
    readonly version: Schema.Literal<1>;
    readonly stablehlo: Schema.String;
    readonly step: Schema.Natural;
    readonly batchSize: Schema.Natural;
    readonly signatures: Schema.$Array<Schema.Struct<{
        readonly name: Schema.String;
        readonly kind: Schema.Literals<readonly ["classification", "regression", "predict"]>;
        readonly file: Schema.String;
        readonly sha256: Schema.String;
        readonly arguments: Schema.$Array<Schema.Struct<{
            readonly name: Schema.String;
            readonly kind: Schema.Literals<readonly ["variable", "feature", "cache", "prediction", "check"]>;
            readonly dtype: Schema.Literals<readonly ["float32", "int32", "bool"]>;
            readonly shape: Schema.$Array<Schema.Natural>;
        }>>;
        readonly results: Schema.$Array<Schema.Struct<{
            readonly name: Schema.String;
            readonly kind: Schema.Literals<readonly ["variable", "feature", "cache", "prediction", "check"]>;
            readonly dtype: Schema.Literals<readonly ["float32", "int32", "bool"]>;
            readonly shape: Schema.$Array<Schema.Natural>;
        }>>;
        readonly checks: Schema.$Array<Schema.String>;
    }>>;
}>>;

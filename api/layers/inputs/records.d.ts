import * as Effect from "effect/Effect";
import type * as FileSystem from "effect/FileSystem";
import type { PlatformError } from "effect/PlatformError";
import * as Schema from "effect/Schema";
import * as Stream from "effect/Stream";
import { InputError } from "../../domain/Errors.ts";
import { type Example, type InputSource } from "../../domain/Input.ts";
import { type Repeat } from "./positions.ts";
export interface RecordOptions {
    readonly batchSize: number;
    readonly repeat?: Repeat;
    readonly dropRemainder?: boolean;
}
export interface Place {
    readonly row: number;
    readonly byte: number;
}
export interface PlacedExample {
    readonly example: Example;
    readonly after: Place;
}
export declare const unreadable: (path: string, line: number | undefined, detail: string, cause?: unknown) => InputError;
export declare const fileError: (path: string) => (error: PlatformError) => InputError;
export declare const decodeRow: <S extends Schema.Constraint>(schema: S, path: string) => (value: unknown, line: number) => Effect.Effect<S["Type"], InputError, S["DecodingServices"]>;
export declare const fromRows: <R>(rows: (from: Place) => Stream.Stream<PlacedExample, InputError, R>, options: RecordOptions, path: string) => InputSource<InputError, R>;
export type RowServices<S extends Schema.Constraint> = FileSystem.FileSystem | S["DecodingServices"];

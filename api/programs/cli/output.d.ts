import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
declare const OutputError_base: Schema.Class<OutputError, Schema.TaggedStruct<"OutputError", {
    readonly code: Schema.String;
    readonly detail: Schema.String;
    readonly cause: Schema.optionalKey<Schema.Defect>;
}>, import("effect/Cause").YieldableError>;
export declare class OutputError extends OutputError_base {
    get message(): string;
}
export declare const outputError: (error: unknown) => OutputError | undefined;
export declare const whileOutputWorks: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E | OutputError, R>;
export {};

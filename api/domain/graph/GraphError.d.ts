import * as Schema from "effect/Schema";
declare const GraphError_base: Schema.Class<GraphError, Schema.TaggedStruct<"GraphError", {
    readonly op: Schema.optionalKey<Schema.String>;
    readonly detail: Schema.String;
    readonly source: Schema.optionalKey<Schema.String>;
}>, import("effect/Cause").YieldableError>;
export declare class GraphError extends GraphError_base {
    get message(): string;
}
export {};

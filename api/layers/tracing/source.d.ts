import type { SourceLocation } from "../../domain/graph/Graph.ts";
export declare const fromStack: (stack: string | undefined) => SourceLocation | undefined;
export interface Caller {
    readonly source: SourceLocation | undefined;
    readonly through: ReadonlyArray<string>;
    readonly throughLayers: boolean;
}
export declare const callerSource: () => SourceLocation | undefined;
export declare const caller: () => Caller;

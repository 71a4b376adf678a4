import type { Graph } from "./graph/Graph.ts";
import type { Summary } from "./Summary.ts";
interface Progress {
    readonly step: number;
    readonly loss: number;
    readonly ppl: number;
    readonly bpc: number;
}
export interface Params {
    readonly [name: string]: number | string | boolean;
}
export type RunEvent = {
    readonly event: "begin";
    readonly mode: string;
    readonly engine: string;
    readonly replicas: number;
    readonly step: number;
    readonly time: string;
    readonly name?: string;
    readonly params?: Params;
} | {
    readonly event: "compile";
    readonly mode: string;
    readonly nodes: number;
    readonly millis: number;
    readonly cores?: number;
    readonly cutNodes?: number;
    readonly wholeNodes?: number;
    readonly movedElements?: number;
    readonly busiestShare?: number;
    readonly precision?: string;
    readonly emulated?: boolean;
} | (Progress & {
    readonly event: "train";
    readonly stepsPerSec: number;
    readonly examplesPerSec: number;
    readonly tokensPerSec: number;
    readonly lastStep?: number;
}) | {
    readonly event: "checkpoint";
    readonly step: number;
    readonly file: string;
    readonly millis: number;
} | {
    readonly event: "restore";
    readonly step: number;
    readonly file: string;
} | (Progress & {
    readonly event: "eval";
    readonly name?: string;
    readonly examples: number;
    readonly metrics: {
        readonly [name: string]: number;
    };
}) | {
    readonly event: "graph";
    readonly mode: string;
    readonly graph: Graph;
} | {
    readonly event: "summary";
    readonly mode?: string;
    readonly step: number;
    readonly batches?: number;
    readonly scalars: {
        readonly [name: string]: number;
    };
    readonly summaries?: ReadonlyArray<Summary>;
} | {
    readonly event: "end";
    readonly mode: string;
    readonly step: number;
    readonly reason: "done" | "interrupted" | "failed";
};
export type LineEvent = Exclude<RunEvent, {
    readonly event: "graph";
}>;
export declare const isLine: (event: RunEvent) => event is LineEvent;
export {};

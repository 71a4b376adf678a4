import type { Graph } from "./Graph.ts";
export interface PrintOptions {
    readonly sources?: boolean | undefined;
}
export declare const print: (graph: Graph, options?: PrintOptions) => string;
export declare const hash: (graph: Graph) => string;

import type { Graph } from "../graph/Graph.ts";
export declare const precisions: readonly ["float32", "mixed_bfloat16", "mixed_float16"];
export type Precision = (typeof precisions)[number];
export declare const mixedPrecision: (graph: Graph, precision: Precision) => Graph;

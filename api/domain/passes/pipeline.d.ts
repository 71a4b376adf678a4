import type { Graph } from "../graph/Graph.ts";
import { type Pass } from "./rebuild.ts";
export declare const simplify: Pass;
export declare const passes: ReadonlyArray<readonly [name: string, pass: Pass]>;
export declare const optimize: (graph: Graph) => Graph;

import type { TraceError } from "../../domain/Errors.ts";
import type { Graph, Node } from "../../domain/graph/Graph.ts";
export declare const differenceOf: (first: Graph, second: Graph, opOf: (node: Node) => string | undefined) => TraceError | undefined;

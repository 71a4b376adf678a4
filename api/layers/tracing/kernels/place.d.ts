import type { NodeId } from "../../../domain/graph/Graph.ts";
import type { Emit } from "../Emit.ts";
export declare const padAxis: (c: Emit, x: NodeId, axis: number, before: number, after: number, value: number) => NodeId;
export declare const every: (c: Emit, x: NodeId, axis: number, begin: number, size: number, stride: number) => NodeId;
export declare const spread: (c: Emit, x: NodeId, axis: number, begin: number, stride: number, total: number) => NodeId;

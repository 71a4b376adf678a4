import * as Builder from "../graph/Builder.ts";
import type { Graph, Node, NodeId, NodeOf } from "../graph/Graph.ts";
import type { OpName } from "../graph/ops.ts";
export interface Context extends Builder.Builder {
    readonly became: (source: NodeId) => NodeId;
    readonly uses: (node: NodeId) => number;
    readonly usedOnce: (node: NodeId) => boolean;
}
export type Rule<K extends OpName> = (cx: Context, node: NodeOf<K>, id: NodeId) => NodeId | undefined;
export type Rules = {
    readonly [K in OpName]?: ReadonlyArray<Rule<K>>;
};
export type Pass = (graph: Graph) => Graph;
export declare const liveNodes: (graph: Graph) => Uint8Array;
export declare const useCounts: (graph: Graph, live: Uint8Array, throughReshapes: boolean) => Uint32Array;
export declare const sameGraph: (a: Graph, b: Graph) => boolean;
export declare const addNode: (b: Builder.Builder, node: Node, inputs: ReadonlyArray<NodeId>) => NodeId;
export type Mapper = (cx: Context, node: Node, id: NodeId) => NodeId;
export declare const rebuild: (graph: Graph, { rules, map }?: {
    readonly rules?: Rules;
    readonly map?: Mapper;
}) => Graph;
export declare const compact: (graph: Graph) => Graph;
export declare const passOf: (rules: Rules) => Pass;
export declare const mergeRules: (...tables: ReadonlyArray<Rules>) => Rules;

import { type Graph, type NodeOf } from "../../../domain/graph/Graph.ts";
import type { OpName } from "../../../domain/graph/ops.ts";
import { Emitter, type Functions, type LowerOptions, type Value } from "./lower/Emitter.ts";
import type { Rules } from "./lower/rule.ts";
export type Given = NodeOf<"Parameter"> | NodeOf<"Constant">;
export declare const rules: Rules;
export declare const opNames: ReadonlyArray<OpName>;
export interface Lowered {
    readonly emitter: Emitter;
    readonly value: (id: number) => Value;
}
export declare const lower: (graph: Graph, options: LowerOptions, functions: Functions, given: (node: Given, e: Emitter) => Value) => Lowered;

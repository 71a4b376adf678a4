import type { Graph } from "../../../domain/graph/Graph.ts";
import type { OpName } from "../../../domain/graph/ops.ts";
import { type Given } from "../hosted/sources.ts";
import { Emitter } from "./lower/Emitter.ts";
import type { Rules } from "./lower/rule.ts";
export declare const rules: Rules;
export declare const opNames: ReadonlyArray<OpName>;
export declare const lower: (graph: Graph, xla: boolean, given: (e: Emitter, node: Given) => string) => Emitter;

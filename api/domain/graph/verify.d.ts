import * as Result from "effect/Result";
import type { Graph } from "./Graph.ts";
import { GraphError } from "./GraphError.ts";
export type GraphKind = "step" | "init";
export declare const verify: (graph: Graph, kind?: GraphKind) => Result.Result<void, GraphError>;

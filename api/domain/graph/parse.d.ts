import * as Result from "effect/Result";
import type { Graph } from "./Graph.ts";
import { GraphError } from "./GraphError.ts";
export declare const parse: (text: string) => Result.Result<Graph, GraphError>;

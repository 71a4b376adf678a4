import * as Result from "effect/Result";
import { ExportError } from "../Errors.ts";
import { type Graph, type NodeId } from "../graph/Graph.ts";
import type { ServingModel } from "./ServingModel.ts";
export interface Named {
    readonly name: string;
    readonly node: NodeId;
}
export interface Wanted {
    readonly step: Graph;
    readonly outputs: ReadonlyArray<Named>;
    readonly successors?: ReadonlyArray<string>;
}
export declare const servingGraph: (wanted: Wanted) => Result.Result<Graph, ExportError>;
export declare const variableNames: (graph: Graph) => ReadonlyArray<string>;
export declare const portsOf: (sized: ServingModel["graphs"]) => Result.Result<Pick<ServingModel, "inputs" | "outputs">, ExportError>;

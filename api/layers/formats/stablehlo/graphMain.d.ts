import type { Graph } from "../../../domain/graph/Graph.ts";
import type { Main } from "./artifact.ts";
export interface GraphMain extends Main {
    readonly taken: Graph["parameters"];
    readonly checks: ReadonlyArray<string>;
}
export declare const graphMain: (graph: Graph) => GraphMain;

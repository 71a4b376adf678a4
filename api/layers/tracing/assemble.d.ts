import type { Graph, NodeId } from "../../domain/graph/Graph.ts";
import { type Mode } from "../../domain/Program.ts";
import type { Recording } from "./Recording.ts";
import type { SpecOutputs } from "./specOutputs.ts";
export interface Given {
    readonly globalStep: NodeId;
    readonly batch: ReadonlyArray<{
        readonly name: string;
        readonly node: NodeId;
    }>;
    readonly cache: ReadonlyArray<{
        readonly name: string;
        readonly node: NodeId;
        readonly initial: NodeId;
    }>;
}
export interface Assembled {
    readonly step: Graph;
    readonly init: () => Graph;
}
export declare const assemble: (recording: Recording, given: Given, mode: Mode, outputs: SpecOutputs<unknown, unknown>) => Assembled;

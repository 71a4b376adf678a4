import type { Graph } from "../../../domain/graph/Graph.ts";
import type { TensorType } from "../../../domain/Tensor.ts";
import { type Source } from "../hosted/sources.ts";
import { type Attributes } from "./GraphDef.ts";
import type { Emitter } from "./lower/Emitter.ts";
export interface EvaluationInput {
    readonly name: string;
    readonly type: TensorType;
    readonly source: Source;
}
export interface Evaluation {
    readonly savedModel: Uint8Array<ArrayBuffer>;
    readonly inputs: ReadonlyArray<EvaluationInput>;
    readonly outputs: ReadonlyArray<string>;
    readonly checks: ReadonlyArray<{
        readonly name: string;
        readonly failure: string;
    }>;
}
export declare const failureOf: (e: Emitter, i: number) => string;
export declare const compiled: (xla: boolean) => Attributes;
export declare const evaluation: (graph: Graph, xla: boolean) => Evaluation;

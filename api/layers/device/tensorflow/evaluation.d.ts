import type { Graph } from "../../../domain/graph/Graph.ts";
import type { RandomOp } from "../../../domain/graph/ops.ts";
import type { TensorType } from "../../../domain/Tensor.ts";
import { type Attributes } from "./GraphDef.ts";
import type { Emitter } from "./lower/Emitter.ts";
import { type Given } from "./lower.ts";
export type Source = {
    readonly _tag: "Parameter";
    readonly parameter: number;
} | {
    readonly _tag: "Draw";
    readonly op: RandomOp;
    readonly draw: number;
    readonly replica: number;
    readonly key: number;
};
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
export declare const sourceOf: (graph: Graph, node: Given) => Source;
export declare const failureOf: (e: Emitter, i: number) => string;
export declare const compiled: (xla: boolean) => Attributes;
export declare const evaluation: (graph: Graph, xla: boolean) => Evaluation;

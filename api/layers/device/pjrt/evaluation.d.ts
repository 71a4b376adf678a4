import type { Graph } from "../../../domain/graph/Graph.ts";
import type { TensorData, TensorType } from "../../../domain/Tensor.ts";
import { type Precision } from "./lower/Emitter.ts";
import { type ModuleText } from "./moduleText.ts";
export interface EvaluationModule extends ModuleText {
    readonly arguments: ReadonlyArray<{
        readonly type: TensorType;
        readonly data: TensorData | undefined;
    }>;
    readonly results: ReadonlyArray<TensorType>;
    readonly failures: ReadonlyArray<string>;
}
export interface EvaluationOptions {
    readonly precision?: Precision | undefined;
    readonly wide?: boolean | undefined;
}
export declare const evaluation: (graph: Graph, { precision, wide }?: EvaluationOptions) => EvaluationModule;

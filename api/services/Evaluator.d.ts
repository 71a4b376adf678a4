import * as Context from "effect/Context";
import type * as Result from "effect/Result";
import type { CompileError, ExecuteError } from "../domain/Errors.ts";
import type { Graph } from "../domain/graph/Graph.ts";
import type { TensorData } from "../domain/Tensor.ts";
export interface Statistics {
    readonly compiled: number;
    readonly reused: number;
    readonly kept: number;
}
declare const Evaluator_base: Context.ServiceClass<Evaluator, "effect-estimator/services/Evaluator", {
    readonly engine: string;
    readonly evaluateSync: (graph: Graph, parameters: ReadonlyArray<TensorData>) => Result.Result<ReadonlyArray<TensorData>, CompileError | ExecuteError>;
    readonly statistics: () => Statistics;
}>;
export declare class Evaluator extends Evaluator_base {
}
export {};

import * as Result from "effect/Result";
import { type CompileError, ExecuteError } from "../../domain/Errors.ts";
import type { Graph } from "../../domain/graph/Graph.ts";
import type { TensorData } from "../../domain/Tensor.ts";
import type { Evaluator } from "../../services/Evaluator.ts";
export interface Compiled {
    readonly run: (parameters: ReadonlyArray<TensorData>) => Result.Result<ReadonlyArray<TensorData>, ExecuteError>;
    readonly release: () => void;
}
export interface Options {
    readonly capacity?: number | undefined;
}
export interface Cached {
    readonly evaluator: Evaluator["Service"];
    readonly close: () => void;
}
export declare const make: (engine: string, compile: (graph: Graph) => Result.Result<Compiled, CompileError>, { capacity }?: Options) => Cached;

import type { Tensor, TensorData } from "../Tensor.ts";
import type { Graph, Node } from "./Graph.ts";
export declare const evaluateNode: (node: Node, inputs: ReadonlyArray<Tensor>, replica: number) => Tensor;
export declare const neededNodes: (graph: Graph) => Uint8Array;
export declare const lastUses: (graph: Graph, needed?: Uint8Array) => Int32Array;
export interface Evaluator {
    readonly run: (parameters: ReadonlyArray<ReadonlyArray<TensorData>>) => ReadonlyArray<ReadonlyArray<TensorData>>;
}
export declare const make: (graph: Graph) => Evaluator;
export declare const evaluate: (graph: Graph, parameters: ReadonlyArray<TensorData>) => ReadonlyArray<TensorData>;

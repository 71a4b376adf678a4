import type { Graph, StateKind } from "./graph/Graph.ts";
import type { Shape, Tensor, TensorData, TensorType } from "./Tensor.ts";
export type Mode = "train" | "evaluate" | "predict";
export interface StateLeaf {
    readonly name: string;
    readonly kind: StateKind;
    readonly trainable: boolean;
    readonly type: TensorType;
}
export interface BatchLeaf {
    readonly name: string;
    readonly type: TensorType;
}
export interface OutfeedLeaf {
    readonly name: string;
    readonly type: TensorType;
}
export interface Partition {
    readonly cores: number;
    readonly dims: ReadonlyMap<string, ReadonlyArray<number>>;
}
export interface Program {
    readonly mode: Mode;
    readonly step: Graph;
    readonly init: Graph;
    readonly partition?: Partition | undefined;
}
export declare const globalStepName = "global_step";
export declare const randomKeyName = "random_key";
export declare const stateLeaves: (graph: Graph) => ReadonlyArray<StateLeaf>;
export declare const batchLeaves: (graph: Graph) => ReadonlyArray<BatchLeaf>;
export declare const outfeedLeaves: (graph: Graph) => ReadonlyArray<OutfeedLeaf>;
export declare const globalShape: (shape: Shape, replicas: number) => Shape;
export type State = ReadonlyMap<string, Tensor>;
export type Batch = ReadonlyArray<TensorData>;
export interface StepOutput {
    readonly loss: number;
    readonly outfeed: ReadonlyArray<TensorData>;
}
export interface RunResult {
    readonly completed: number;
    readonly losses: Float32Array;
}

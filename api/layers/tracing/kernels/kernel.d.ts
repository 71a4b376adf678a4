import type * as tf from "@tensorflow/tfjs-core";
import type { NodeId } from "../../../domain/graph/Graph.ts";
import type { Emit } from "../Emit.ts";
export type Result = NodeId | ReadonlyArray<NodeId>;
export interface Kernel {
    readonly name: string;
    readonly record: (c: Emit, inputs: object, attrs: object) => Result;
}
export interface X {
    readonly x: tf.TensorInfo;
}
export interface AB {
    readonly a: tf.TensorInfo;
    readonly b: tf.TensorInfo;
}
export type Many = {
    readonly [index: string]: tf.TensorInfo;
};
export declare const kernel: <I extends object, A extends object = object>(name: string, record: (c: Emit, inputs: I, attrs: A) => Result) => Kernel;

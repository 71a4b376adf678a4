import type * as tf from "@tensorflow/tfjs-core";
import * as Builder from "../../../domain/graph/Builder.ts";
import type { NodeId } from "../../../domain/graph/Graph.ts";
import type { Target } from "../Emit.ts";
import { LazyNode, type PendingNodes } from "./LazyNode.ts";
export declare class KernelCall implements Target {
    #private;
    readonly builder: Builder.Builder;
    readonly replicas = 1;
    constructor(lazyOf: (x: tf.TensorInfo) => LazyNode);
    get randomKey(): NodeId;
    nodeOf(x: tf.TensorInfo): NodeId;
    finish(results: ReadonlyArray<NodeId>, nodes: PendingNodes): ReadonlyArray<LazyNode>;
}

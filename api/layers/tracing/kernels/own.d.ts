import type * as tf from "@tensorflow/tfjs-core";
import { type Kernel } from "./kernel.ts";
export declare const crossReplicaSumName = "CrossReplicaSum";
export declare const barrierName = "Barrier";
export declare const checkpointName = "Checkpoint";
export interface CheckpointAttrs {
    readonly operands: ReadonlyArray<tf.Tensor>;
    readonly results: ReadonlyArray<tf.Tensor>;
    readonly gradients: (dys: ReadonlyArray<tf.Tensor>) => ReadonlyArray<tf.Tensor | undefined>;
}
export interface DrawAttrs {
    readonly shape: ReadonlyArray<number>;
    readonly draw: number;
}
export declare const own: ReadonlyArray<Kernel>;

import * as tf from "@tensorflow/tfjs-core";
export declare const replicaCount: () => number;
export declare const crossReplicaSum: <T extends tf.Tensor>(x: T) => T;
export declare const crossReplicaMean: <T extends tf.Tensor>(x: T) => T;

import type * as tf from "@tensorflow/tfjs-core";
export declare const batchWeight: () => tf.Scalar | undefined;
export declare const withBatchWeight: <A>(value: tf.Scalar | undefined, f: () => A) => A;

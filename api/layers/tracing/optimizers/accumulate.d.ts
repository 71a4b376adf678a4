import * as tf from "@tensorflow/tfjs-core";
export declare const accumulate: (optimizer: tf.Optimizer, steps: number) => tf.Optimizer;

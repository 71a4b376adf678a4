import * as tf from "@tensorflow/tfjs-core";
export declare const stopGradient: <T extends tf.Tensor>(x: T) => T;

import * as tf from "@tensorflow/tfjs-core";
export declare const regularizationLoss: () => tf.Scalar;
